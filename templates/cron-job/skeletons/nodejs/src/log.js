/**
 * Writes one line of JSON to standard output, as log collectors expect. Level `debug` is
 * written when LOG_LEVEL says so.
 */
export function log(level, message, fields = {}) {
  if (level === 'debug' && process.env.LOG_LEVEL !== 'debug') {
    return;
  }
  const entry = { time: new Date().toISOString(), level, message, ...fields };
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}
