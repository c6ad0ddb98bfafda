import { job } from './job.js';
import { log } from './log.js';
import { run } from './run.js';

const ending = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => ending.abort(new Error(`ended by ${signal}`)));
}

log('info', 'started', {
  version: process.env.VERSION ?? 'development',
  environment: process.env.ENVIRONMENT ?? 'local',
});
process.exitCode = await run(job, { signal: ending.signal });
