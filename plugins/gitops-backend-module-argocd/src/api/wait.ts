/** Resolves after the time, or at once when the signal is aborted; never rejects. */
export function wait(millis: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted || millis <= 0) {
    return Promise.resolve();
  }
  return new Promise(resolve => {
    const timer = setTimeout(finish, millis);
    signal?.addEventListener('abort', finish, { once: true });

    function finish() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    }
  });
}
