/**
 * A Backstage backend with nothing but what watches: the kubernetes plugin, Fairway and its module
 * for Argo CD. The catalog is one in memory, so that the figures are those of watching.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import {
  catalogServiceRef,
  type CatalogService,
} from '@backstage/plugin-catalog-node';
import type { JsonObject } from '@backstage/types';
import { componentName } from './application';

/** What the process is told in its first message; it answers with `listening`. */
export interface BackendSettings {
  port: number;
  /** A token that the backend accepts from outside. */
  token: string;
  /** As in app-config. */
  database: JsonObject;
  clusters: Array<{ name: string; url: string; token: string }>;
  applications: number;
}

const MEMORY_EVERY_MILLIS = 100;

function configOf(settings: BackendSettings): ConfigReader {
  const baseUrl = `http://127.0.0.1:${settings.port}`;
  return new ConfigReader({
    app: { baseUrl },
    backend: {
      baseUrl,
      listen: { host: '127.0.0.1', port: settings.port },
      database: settings.database,
      auth: {
        externalAccess: [
          {
            type: 'static',
            options: { token: settings.token, subject: 'benchmark' },
          },
        ],
      },
    },
    kubernetes: {
      serviceLocatorMethod: { type: 'multiTenant' },
      clusterLocatorMethods: [
        {
          type: 'config',
          clusters: settings.clusters.map(({ name, url, token }) => ({
            ...{ name, url, authProvider: 'serviceAccount' },
            serviceAccountToken: token,
          })),
        },
      ],
    },
    // There is no Git to read: what was before the first sight is another measurement's.
    gitops: { dora: { backfill: { days: 0 } } },
  });
}

function components(applications: number): Entity[] {
  const names = new Set(
    Array.from({ length: applications }, (_, index) => componentName(index)),
  );
  return [...names].map((name, index) => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      ...{ name, namespace: 'default', uid: name },
      annotations: { 'backstage.io/kubernetes-id': name },
    },
    spec: {
      ...{ type: 'service', lifecycle: 'production' },
      owner: `team-${index % 40}`,
    },
  }));
}

/** What Fairway asks of a catalog, in one page and at no cost. */
function catalogOf(entities: Entity[]): CatalogService {
  const byRef = new Map(
    entities.map(entity => [stringifyEntityRef(entity), entity]),
  );
  const catalog: Partial<CatalogService> = {
    queryEntities: async () => ({
      items: entities,
      totalItems: entities.length,
      pageInfo: {},
    }),
    getEntities: async () => ({ items: entities }),
    getEntitiesByRefs: async ({ entityRefs }) => ({
      items: entityRefs.map(ref => byRef.get(ref)),
    }),
    getEntityByRef: async ref =>
      byRef.get(typeof ref === 'string' ? ref : stringifyEntityRef(ref)),
  };
  return catalog as CatalogService;
}

const profiler = new Session();

/** Not `--cpu-prof`: profiling while native modules are loaded ends the process. */
function startProfile(): void {
  profiler.connect();
  profiler.post('Profiler.enable');
  profiler.post('Profiler.start');
}

function saveProfile(): void {
  const file = process.env.FAIRWAY_BENCH_PROFILE;
  if (file) {
    profiler.post('Profiler.stop', (_, { profile }) =>
      writeFileSync(file, JSON.stringify(profile)),
    );
  }
}

process.once('message', async (settings: BackendSettings) => {
  const backend = createBackend();
  backend.add(
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () => configOf(settings),
    }),
  );
  backend.add(
    createServiceFactory({
      service: catalogServiceRef,
      deps: {},
      factory: () => catalogOf(components(settings.applications)),
    }),
  );
  backend.add(import('@backstage/plugin-kubernetes-backend'));
  backend.add(import('@fairway/plugin-gitops-backend'));
  backend.add(import('@fairway/plugin-gitops-backend-module-argocd'));
  process.send!({ starting: Date.now() });
  await backend.start();
  process.send!('listening');
  if (process.env.FAIRWAY_BENCH_PROFILE) {
    startProfile();
  }
  setInterval(() => {
    const { user, system } = process.cpuUsage();
    process.send!({
      rss: process.memoryUsage().rss,
      cpuSeconds: (user + system) / 1e6,
    });
  }, MEMORY_EVERY_MILLIS).unref();
});
process.once('SIGTERM', () => {
  saveProfile();
  process.exit();
});
process.once('disconnect', () => process.exit());
