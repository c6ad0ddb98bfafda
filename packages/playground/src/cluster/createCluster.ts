import { Faults } from './Faults';
import { ApiServer } from './http/ApiServer';
import { InProcessCluster } from './InProcessCluster';
import { Lifecycle } from './Lifecycle';
import { Logs } from './Logs';
import { ObjectService } from './ObjectService';
import { ObjectStore } from './ObjectStore';
import { ResourceRegistry } from './resources';
import { SnapshotFile } from './SnapshotFile';

/** Where the cluster tells what it cannot answer to a request. */
export interface ClusterLogger {
  error(message: string): void;
  info(message: string): void;
}

/** Settings of a stand-in cluster. */
export interface ClusterOptions {
  /** On 127.0.0.1; 0 for any free one. */
  port: number;
  /** Where `cluster.json` is kept; made when it is missing. */
  directory: string;
  /** The bearer token that requests must carry. */
  token: string;
  logger?: ClusterLogger;
  /** The clock of timestamps and logs. */
  now?: () => Date;
  /** How many changes the history keeps for watches and lists; 5,000 by default. */
  historyLimit?: number;
  /** Milliseconds between the bookmarks of a watch; a minute by default. */
  bookmarkIntervalMs?: number;
  /** Milliseconds from a change until it is saved; one second by default. */
  saveDelayMs?: number;
}

/** A stand-in cluster that can be started. */
export interface RunningCluster {
  cluster: InProcessCluster;
  /** Base URL of the API, with the port that was found once it has started. */
  readonly url: string;
  /** Faults to be tried; reachable in this process only. */
  readonly faults: Faults;
  /** Loads the saved state and listens. */
  start(): Promise<void>;
  /** Ends all requests and saves. */
  stop(): Promise<void>;
  /** Forgets the history: every earlier resourceVersion is answered with 410. */
  compact(): void;
}

/** Namespaces that exist in a new cluster. */
const NAMESPACES = ['default', 'kube-system', 'argocd', 'flux-system'];

const SILENT: ClusterLogger = { error: () => {}, info: () => {} };

/**
 * A stand-in for a Kubernetes cluster: its API server over an in-memory store.
 *
 * Nothing runs in it; controllers that are written on `cluster` move its objects.
 * Plainly a stand-in: no admission, no schemas of custom kinds, one version per kind,
 * no user but the holder of the token. What it answers, it answers by the protocol.
 */
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
  const faults = new Faults();
  const cluster = new InProcessCluster({ objects, logs, now });
  const lifecycle = new Lifecycle({ objects, logs, onError });
  const snapshot = new SnapshotFile({
    directory: options.directory,
    store,
    registry,
    logs,
    delayMs: options.saveDelayMs ?? 1_000,
    onError,
  });
  const server = new ApiServer({
    context: {
      objects,
      logs,
      faults,
      now,
      bookmarkIntervalMs: options.bookmarkIntervalMs ?? 60_000,
    },
    token: options.token,
    onError,
  });
  let { port } = options;

  return {
    cluster,
    faults,
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    async start() {
      await snapshot.load();
      snapshot.start();
      createNamespaces(cluster);
      lifecycle.start();
      port = await server.start(options.port);
      logger.info(
        `The playground's cluster listens on http://127.0.0.1:${port}`,
      );
    },
    async stop() {
      await server.stop();
      lifecycle.stop();
      await snapshot.stop();
    },
    compact: () => store.compact(),
  };
}

function createNamespaces(cluster: InProcessCluster): void {
  for (const name of NAMESPACES) {
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    if (!cluster.get({ ...object, name })) {
      cluster.create(object);
    }
  }
}
