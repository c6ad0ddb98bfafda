import { Cluster } from '../types';
import { InProcessCluster } from './InProcessCluster';
import { Lifecycle } from './Lifecycle';
import { Logs } from './Logs';
import { ObjectService } from './ObjectService';
import { ObjectStore } from './ObjectStore';
import { ResourceRegistry } from './resources';

/** Where the cluster tells what it cannot answer to a request. */
export interface ClusterLogger {
  error(message: string): void;
  info(message: string): void;
}

/** Settings of a stand-in cluster. */
export interface ClusterOptions {
  /** On 127.0.0.1; 0 for any free one. */
  port: number;
  /** Where `cluster.json` is kept. */
  directory: string;
  /** The bearer token that requests must carry. */
  token: string;
  logger?: ClusterLogger;
  /** The clock of timestamps and logs. */
  now?: () => Date;
  /** How many changes can be watched from; 5,000 by default. */
  historyLimit?: number;
}

/** A stand-in cluster that can be started. */
export interface RunningCluster {
  cluster: Cluster;
  /** Known after `start`. */
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Forgets the history: every earlier resourceVersion is answered with 410. */
  compact(): void;
}

/** Namespaces that exist in a new cluster. */
const NAMESPACES = ['default', 'kube-system', 'argocd', 'flux-system'];

const SILENT: ClusterLogger = { error: () => {}, info: () => {} };

/** A Kubernetes API server over an in-memory store; see `docs` of the playground. */
export function createCluster(options: ClusterOptions): RunningCluster {
  const logger = options.logger ?? SILENT;
  const now = options.now ?? (() => new Date());
  const onError = (error: unknown) =>
    logger.error(`The playground's cluster failed in the background: ${error}`);
  const store = new ObjectStore({
    onListenerError: onError,
    historyLimit: options.historyLimit,
  });
  const registry = new ResourceRegistry();
  const objects = new ObjectService({ store, registry, now });
  const logs = new Logs();
  const cluster = new InProcessCluster({ objects, logs, now });
  const lifecycle = new Lifecycle({ objects, logs, onError });

  const createNamespaces = () => {
    for (const name of NAMESPACES) {
      const object = {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      };
      if (!cluster.get({ ...object, name })) {
        cluster.create(object);
      }
    }
  };

  return {
    cluster,
    get url() {
      return `http://127.0.0.1:${options.port}`;
    },
    async start() {
      createNamespaces();
      lifecycle.start();
    },
    async stop() {
      lifecycle.stop();
    },
    compact: () => store.compact(),
  };
}
