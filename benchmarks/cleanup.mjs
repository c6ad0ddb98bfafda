const closers = [];

/** Registers what ends or removes something; the last to come is the first to go. */
export function onEnd(close) {
  closers.push(close);
}

/** Ends everything that a measurement started, also when one of them cannot be ended. */
export async function endAll() {
  while (closers.length > 0) {
    try {
      await closers.pop()();
    } catch (error) {
      console.error(`Something could not be ended: ${error.message}`);
    }
  }
}
