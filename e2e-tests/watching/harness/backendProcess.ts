/**
 * A Backstage backend as a process of its own. Its first message says what to start; it answers
 * with `listening`.
 */
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';

/** What the process is told. */
export interface BackendSettings {
  config: JsonObject;
  /** Modules whose default export is a backend feature. */
  features: string[];
}

process.once('message', async (settings: BackendSettings) => {
  const backend = createBackend();
  backend.add(
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () => new ConfigReader(settings.config),
    }),
  );
  for (const feature of settings.features) {
    backend.add(import(feature));
  }
  await backend.start();
  process.send!('listening');
});
// The test is gone, however it ended.
process.once('disconnect', () => process.exit());
