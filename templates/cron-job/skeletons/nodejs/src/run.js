import { log } from './log.js';

/**
 * Runs a job once.
 *
 * @returns the exit code: 0 when it is done; with any other the cluster tries it again, as often
 * as the schedule allows.
 */
export async function run(job, { signal }) {
  const started = performance.now();
  const seconds = () => Math.round(performance.now() - started) / 1000;
  try {
    const result = await job({ signal });
    log('info', 'done', { ...result, seconds: seconds() });
    return 0;
  } catch (error) {
    log('error', 'failed', { error: error.stack, seconds: seconds() });
    return 1;
  }
}
