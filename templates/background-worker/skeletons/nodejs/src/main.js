import { createWorker } from './createWorker.js';
import { beat } from './heartbeat.js';
import { log } from './log.js';
import { work } from './work.js';

const worker = createWorker({ work, beat });

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    log('info', 'shutting down', { signal });
    worker.stop();
  });
}

log('info', 'started', {
  version: process.env.VERSION ?? 'development',
  environment: process.env.ENVIRONMENT ?? 'local',
});
await worker.run();
log('info', 'stopped');
