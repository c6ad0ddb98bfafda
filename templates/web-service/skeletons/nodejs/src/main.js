import { readFile } from 'node:fs/promises';
import { createService } from './createService.js';
import { log } from './log.js';

const { name } = JSON.parse(
  await readFile(new URL('../package.json', import.meta.url), 'utf8'),
);
const service = createService({
  name,
  version: process.env.VERSION ?? 'development',
  environment: process.env.ENVIRONMENT ?? 'local',
});

const port = await service.listen(Number(process.env.PORT ?? 8080));
log('info', 'listening', { port });

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    log('info', 'shutting down', { signal });
    // The cluster needs a moment to notice that this pod wants no more requests.
    await service.stop({ graceMilliseconds: signal === 'SIGTERM' ? 5000 : 0 });
    log('info', 'stopped');
    process.exit(0);
  });
}
