import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { JsonObject } from '@backstage/types';
import { GitopsClient } from '@fairway/plugin-gitops-common';
import type { BackendSettings } from './backendProcess';

/** A cluster as the backend's configuration names it. */
export interface ClusterAddress {
  name: string;
  url: string;
  token: string;
}

/** What a {@link TestBackend} is made of. */
export interface TestBackendOptions {
  clusters: readonly ClusterAddress[];
  /** The section `backend.database`; in memory by default. */
  database?: JsonObject;
  /** Names of the components that the catalog has. */
  components?: readonly string[];
  /** Entity ref of their owner, who is told when they are degraded; none by default. */
  owner?: string;
  /** Address of what takes the place of the notifications plugin. */
  notificationsUrl?: string;
  /** Added to the section `gitops`. */
  gitops?: JsonObject;
  /** Modules with a feature each, added to those that every backend has. */
  features?: readonly string[];
  /** The proxy swallows broken connections, as without `kubernetesModuleProxyDrops`. */
  plainProxy?: boolean;
}

/** What every backend has: the real Kubernetes plugin and its proxy, Fairway, and its engines. Paths are from here. */
const FEATURES = [
  '@backstage/plugin-kubernetes-backend',
  '@fairway/plugin-gitops-backend',
  '@fairway/plugin-gitops-backend-module-argocd',
  '@fairway/plugin-gitops-backend-module-flux',
  '@fairway/plugin-gitops-backend-module-guardrails',
  './standInCatalog',
];
const PROXY_DROPS = './proxyDrops';
const EVENTS_BACKEND = '@backstage/plugin-events-backend';

/**
 * The times of real clusters, scaled down as far as a busy machine bears it: a watch that is
 * replaced before it stands costs more time than there is. See `gitops.watch` in config.d.ts.
 */
export const SHORT_TIMES = {
  probe: '2s',
  answer: '10s',
  silence: '30s',
  renew: '40s',
  lookAgain: '3s',
  retry: '2s',
};

/** For tests in which every cluster answers, however busy the machine is. */
export const PATIENT_TIMES = { ...SHORT_TIMES, answer: '60s' };

/** A real backend, in a process of its own. */
export class TestBackend {
  readonly api: GitopsClient;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #output = '';

  private constructor(child: ChildProcess, address: Address) {
    this.#child = child;
    this.baseUrl = address.baseUrl;
    this.#exited = once(child, 'exit');
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', data => {
        this.#output += data;
      });
    }
    this.api = new GitopsClient({
      discoveryApi: {
        getBaseUrl: async plugin => `${address.baseUrl}/api/${plugin}`,
      },
      fetchApi: {
        fetch: async (input, init) => {
          const headers = new Headers(init?.headers);
          headers.set('authorization', `Bearer ${address.token}`);
          const ask = async () => {
            const response = await fetch(input, { ...init, headers });
            const { status } = response;
            return new Response(await response.arrayBuffer(), {
              ...{ status, headers: response.headers },
            });
          };
          // A connection may be closed as idle while a busy machine has yet to read or use it.
          return ask().catch(error =>
            this.#isRunning && error instanceof TypeError
              ? ask()
              : Promise.reject(error),
          );
        },
      },
    });
  }

  /**
   * Starts a backend on a free port.
   *
   * @throws when it ends before it listens, with what it printed
   */
  static async start(options: TestBackendOptions): Promise<TestBackend> {
    const port = await freePort();
    const address = { baseUrl: `http://127.0.0.1:${port}`, port };
    const token = randomUUID();
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = fork(require.resolve('./backendProcess.ts'), [], {
      execArgv: ['--require', '@backstage/cli/config/nodeTransform.cjs'],
      env: { ...env, NODE_ENV: 'test', LOG_LEVEL: 'warn' },
      silent: true,
    });
    const backend = new TestBackend(child, { ...address, token });
    const settings: BackendSettings = {
      config: configOf(options, { ...address, token }),
      features: [
        ...FEATURES,
        ...(options.plainProxy ? [] : [PROXY_DROPS]),
        ...(options.features ?? []),
      ],
    };
    child.send(settings);
    const listening = new Promise<void>(resolve => {
      child.on('message', message => {
        if (message === 'listening') {
          resolve();
        }
      });
    });
    await Promise.race([
      listening,
      backend.#exited.then(() => {
        throw new Error(
          `The backend has ended before it listened: ${backend.#output}`,
        );
      }),
    ]);
    return backend;
  }

  /** What it printed. */
  get output(): string {
    return this.#output;
  }

  get #isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it as a machine that loses its power. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** It hangs, with all its connections open, until it is {@link thaw}ed. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  /** It goes on where it was, and knows nothing of the time between. */
  thaw(): void {
    this.#child.kill('SIGCONT');
  }
}

interface Address {
  baseUrl: string;
  token: string;
}

function configOf(
  options: TestBackendOptions,
  address: Address & { port: number },
): JsonObject {
  const { baseUrl, port, token } = address;
  return {
    app: { baseUrl },
    backend: {
      baseUrl,
      listen: { host: '127.0.0.1', port },
      database: options.database ?? {
        client: 'better-sqlite3',
        connection: ':memory:',
      },
      auth: {
        externalAccess: [
          { type: 'static', options: { token, subject: 'watching' } },
        ],
      },
    },
    ...(options.notificationsUrl && {
      discovery: {
        endpoints: [
          { target: options.notificationsUrl, plugins: ['notifications'] },
        ],
      },
    }),
    watching: {
      components: [...(options.components ?? [])],
      ...(options.owner && { owner: options.owner }),
    },
    kubernetes: {
      serviceLocatorMethod: { type: 'multiTenant' },
      clusterLocatorMethods: [
        {
          type: 'config',
          clusters: options.clusters.map(cluster => ({
            name: cluster.name,
            url: cluster.url,
            authProvider: 'serviceAccount',
            serviceAccountToken: cluster.token,
          })),
        },
      ],
    },
    // As app-config.production.yaml has it, for replicas; without the plugin there is no bus.
    events: {
      useEventBus: options.features?.includes(EVENTS_BACKEND)
        ? 'always'
        : 'never',
    },
    gitops: {
      dora: { backfill: { days: 0 } },
      watch: SHORT_TIMES,
      ...options.gitops,
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
