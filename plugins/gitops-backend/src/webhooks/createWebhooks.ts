import type {
  DatabaseService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import {
  ConnectionError,
  type GitopsConnection,
  type GitopsObserver,
} from '@fairway/plugin-gitops-node';
import type { Router } from 'express';
import type { ClusterApi, WatchedResource } from '../cluster';
import { DatabaseObjectFinder } from '../store/DatabaseObjectFinder';
import { createWebhooksRouter } from './createWebhooksRouter';
import {
  ObjectLooker,
  type ObjectLookerOptions,
  type VersionedKind,
} from './ObjectLooker';
import { readWebhooksConfig } from './readWebhooksConfig';
import { WebhookReceiver } from './WebhookReceiver';

/** The webhooks' route, and what stops the looking that they cause. */
export async function createWebhooks(options: {
  api: Pick<ClusterApi, 'get' | 'listPage'>;
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
  const finder = await DatabaseObjectFinder.create({ database });
  const looker = new ObjectLooker({
    ...{ observers, sink, logger },
    ...objectReader({ api, connections }),
    isUnreachable: ({ cluster, key }) =>
      finder.isUnreachable({ cluster, resource: key }),
  });
  const receiver = new WebhookReceiver({
    ...{ onPush, logger },
    config: readWebhooksConfig(config),
    finder,
    look: targets => looker.look(targets),
  });
  return {
    router: createWebhooksRouter({ receiver }),
    stop: () => looker.stop(),
  };
}

/** Reads from the connection that has the name of the cluster, else from the cluster. */
export function objectReader(from: {
  api: Pick<ClusterApi, 'get' | 'listPage'>;
  connections: readonly GitopsConnection[];
}): Pick<ObjectLookerOptions, 'get' | 'currentVersion'> {
  const connectionOf = ({ cluster }: WatchedResource) =>
    from.connections.find(({ name }) => name === cluster);
  const addressOf = ({ watch, version }: VersionedKind) => {
    const { group, plural } = watch.resource;
    return { cluster: watch.cluster, group, version, plural };
  };
  return {
    async get(kind, object, options) {
      const connection = connectionOf(kind.watch);
      if (!connection) {
        return from.api.get(addressOf(kind), object, options);
      }
      const { observer, resource } = kind.watch;
      const isServed = connection.resources.some(
        ({ group, plural }) =>
          group === resource.group && plural === resource.plural,
      );
      if (connection.observer !== observer.id || !isServed) {
        throw new ConnectionError(
          'not-installed',
          `${connection.title} does not serve ${resource.plural}`,
        );
      }
      return connection.get(resource, object, options);
    },
    async currentVersion(kind, options) {
      if (connectionOf(kind.watch)) {
        return undefined;
      }
      const page = await from.api.listPage(addressOf(kind), {
        ...options,
        limit: 1,
      });
      return page.resourceVersion;
    },
  };
}
