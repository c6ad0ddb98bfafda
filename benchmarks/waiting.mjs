/** Resolves after the time. */
export function pause(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}

/** Asks until the answer is truthy, and resolves to it. */
export async function until(ask, { what, timeoutMs, everyMs = 100 }) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    }
    await pause(everyMs);
  }
}
