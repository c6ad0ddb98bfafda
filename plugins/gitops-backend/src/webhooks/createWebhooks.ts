import type {
  DatabaseService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type {
  GitopsConnection,
  GitopsObserver,
} from '@fairway/plugin-gitops-node';
import type { Router } from 'express';
import type { ClusterApi } from '../cluster';
import { DatabaseObjectFinder } from '../store/DatabaseObjectFinder';
import { createWebhooksRouter } from './createWebhooksRouter';
import { ObjectLooker, type ObjectLookerOptions } from './ObjectLooker';
import { readWebhooksConfig } from './readWebhooksConfig';
import { WebhookReceiver } from './WebhookReceiver';

/** The webhooks' route, and what stops the looking that they cause. */
export async function createWebhooks(options: {
  api: Pick<ClusterApi, 'get'>;
  config: Config;
  database: DatabaseService;
  logger: LoggerService;
  observers: readonly GitopsObserver[];
  connections: readonly GitopsConnection[];
  sink: ObjectLookerOptions['sink'];
  onPush(): void;
}): Promise<{ router: Router; stop(): void }> {
  const { api, config, connections, database, logger } = options;
  const { observers, sink, onPush } = options;
  const looker = new ObjectLooker({
    ...{ observers, sink, logger },
    get: ({ cluster, resource }, { version, ...object }) => {
      const connection = connections.find(({ name }) => name === cluster);
      const { group, plural } = resource;
      return connection
        ? connection.get(resource, object)
        : api.get({ cluster, group, version, plural }, object);
    },
  });
  const receiver = new WebhookReceiver({
    ...{ onPush, logger },
    config: readWebhooksConfig(config),
    finder: await DatabaseObjectFinder.create({ database }),
    look: targets => looker.look(targets),
  });
  return {
    router: createWebhooksRouter({ receiver }),
    stop: () => looker.stop(),
  };
}
