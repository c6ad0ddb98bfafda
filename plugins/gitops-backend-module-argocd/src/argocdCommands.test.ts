import type {
  Application,
  ApplicationCommand,
  CommandRequest,
  Fact,
} from '@fairway/plugin-gitops-common';
import type { FactObservation } from '@fairway/plugin-gitops-node';
import { mergePatch, readFixture, type LooseObject } from './__testUtils__';
import { argocdCommands } from './argocdCommands';
import { observeAppProject } from './facts/observeAppProject';
import { observeApplication } from './observeApplication';

const cluster = 'prod-eu';
const NOON = new Date('2026-02-22T12:00:00Z');
const NIGHT = new Date('2026-02-22T23:00:00Z');

function idle(name: string): LooseObject {
  const object = readFixture('applications.yaml', name);
  delete object.status.operationState;
  delete object.operation;
  return object;
}

/** What the cluster has after the command. */

function give(
  object: LooseObject,
  request: CommandRequest = {},
  more: { command?: ApplicationCommand; now?: Date } = {},
): Record<string, any> {
  return mergePatch(object, patchFor(object, request, more));
}

function patchFor(
  object: LooseObject,
  request: CommandRequest = {},
  more: { command?: ApplicationCommand; now?: Date } = {},
): Record<string, any> {
  const { command = 'sync', now = NOON } = more;
  const project: FactObservation = observeAppProject(
    readFixture('appprojects.yaml', 'payments'),
    { cluster, now },
  );
  const application = observeApplication(object, { cluster, now });
  const [{ patch }] = argocdCommands(application as unknown as Application, {
    command,
    request,
    user: 'user:default/ada',
    now,
    projects: [project as unknown as Fact],
  });
  return patch;
}

function refusal(...args: Parameters<typeof give>): string {
  let message = '';
  expect(() => {
    try {
      give(...args);
    } catch (error) {
      message = (error as Error).message;
      throw error;
    }
  }).toThrow(expect.objectContaining({ name: 'InputError' }));
  return message;
}

describe('argocdCommands', () => {
  it('gives a revision to the source that is meant', () => {
    expect(
      give(idle('checkout-staging'), { revision: 'v2' }).operation.sync,
    ).toMatchObject({ revision: 'v2' });
    // The chart keeps its version.
    const chartAndValues = give(idle('redis-prod'), { revision: 'v2' });
    expect(chartAndValues.operation.sync).toMatchObject({
      revisions: ['', 'v2'],
    });
    expect(chartAndValues.operation.sync).not.toHaveProperty('revision');
    expect(
      give(idle('reports'), { revision: 'v2' }).operation.sync.revisions,
    ).toEqual(['v2']);
    // Two folders of one repository move together, a chart alone is the one that is meant.
    const folders = idle('redis-prod');
    folders.spec.sources.push({
      repoURL: 'https://git.example.com/payments/values.git',
      targetRevision: 'main',
      path: 'extras',
    });
    expect(give(folders, { revision: 'v2' }).operation.sync.revisions).toEqual([
      '',
      'v2',
      'v2',
    ]);
    const chart = idle('redis-prod');
    chart.spec.sources.length = 1;
    expect(
      give(chart, { revision: '20.1.5' }).operation.sync.revisions,
    ).toEqual(['20.1.5']);
  });

  it('refuses a revision that may mean several sources, or that automation would undo', () => {
    expect(refusal(idle('blog'), { revision: 'v2' })).toMatch(
      /several sources, chart wordpress, https:.*values\.git, https:.*blog\.git, .*targetRevision in Git/,
    );
    expect(give(idle('blog')).operation.sync).not.toHaveProperty('revisions');

    const automated = idle('orders-eu');
    expect(refusal(automated, { revision: '1.4.1' })).toMatch(
      /syncs to 1\.4\.2 by itself/,
    );
    for (const request of [
      { revision: '1.4.2' },
      { revision: '1.4.1', dryRun: true },
    ]) {
      expect(give(automated, request).operation.sync).toMatchObject(request);
    }
  });

  it('syncs selected objects that the application manages', () => {
    const service = { group: '', kind: 'Service', name: 'checkout' };
    const deployment = {
      group: 'apps',
      kind: 'Deployment',
      namespace: 'checkout',
      name: 'checkout',
    };
    const object = idle('checkout-staging');
    expect(
      give(object, { resources: [service, deployment] }).operation.sync
        .resources,
    ).toEqual([
      { kind: 'Service', name: 'checkout', namespace: 'checkout' },
      deployment,
    ]);
    expect(give(object, { resources: [] }).operation.sync).not.toHaveProperty(
      'resources',
    );
    expect(
      refusal(object, { resources: [{ ...deployment, namespace: 'other' }] }),
    ).toMatch(/manages no apps\/Deployment other\/checkout/);
  });

  it('forces a sync only when that is asked for', () => {
    const object = idle('checkout-staging');
    expect(give(object, { force: true }).operation.sync).toMatchObject({
      syncStrategy: { hook: { force: true } },
      prune: false,
    });
    for (const request of [{}, { force: false }, { prune: true }]) {
      expect(JSON.stringify(give(object, request))).not.toContain('force');
    }
  });

  it('asks for its own sync alone, whatever stands there', () => {
    const object = idle('checkout-staging');
    const { operation } = give(object);
    // Half of a request, and what an operation before it was like.
    object.operation = {
      initiatedBy: { automated: true },
      retry: { limit: 5, backoff: { duration: '5s' } },
    };
    object.status.operationState = {
      phase: 'Succeeded',
      operation: { sync: { revision: 'v1', syncStrategy: { apply: {} } } },
    };
    expect(give(object).operation).toEqual(operation);
    expect(give(object).status).not.toHaveProperty('operationState');
    // The cluster's own object may have become another one since.
    const foreign = {
      operation: {
        initiatedBy: { automated: true },
        sync: {
          ...{ revision: 'v1', revisions: ['v1'], autoHealAttemptsCount: 3 },
          ...{ source: { path: 'x' }, sources: [{ path: 'x' }] },
          ...{ manifests: ['x'], resources: [{ kind: 'Secret', name: 'x' }] },
          syncStrategy: { apply: { force: true }, hook: { force: true } },
          syncOptions: ['Replace=true'],
        },
        retry: { limit: 5, refresh: true },
      },
    };
    expect(mergePatch(foreign, patchFor(object)).operation).toEqual(operation);
    expect(
      mergePatch(foreign, patchFor(object, { force: true })).operation.sync,
    ).toEqual({
      ...operation.sync,
      syncStrategy: { hook: { force: true } },
    });
  });

  it('says that windows are not known when the project is not', () => {
    const patch = (name: string) => {
      const application = observeApplication(idle(name), {
        ...{ cluster, now: NOON },
      }) as unknown as Application;
      const projects = [
        observeAppProject(readFixture('appprojects.yaml', 'payments'), {
          ...{ cluster, now: NOON },
        }),
      ] as unknown as Fact[];
      return argocdCommands(application, {
        ...{ command: 'sync', request: {}, user: 'user:default/ada' },
        ...{ now: NOON, projects },
      })[0];
    };
    expect(patch('orders-prod').note).toBeUndefined();
    expect(patch('search-dev').note).toMatch(
      /^the sync windows of project \S+ are not known here/,
    );
  });

  it('refuses a sync that a window of the project forbids, and nothing else', () => {
    const object = idle('orders-prod');
    expect(give(object)).toHaveProperty('operation');
    for (const request of [{}, { dryRun: true }]) {
      expect(refusal(object, request, { now: NIGHT })).toMatch(
        /^Project payments forbids a sync of orders-prod now: its deny window .* \(Nightly batch\) is open until 2026-02-23 06:00 Europe\/Paris/,
      );
    }
    expect(
      patchFor(object, { hard: true }, { command: 'refresh', now: NIGHT }),
    ).toHaveProperty('metadata');
    expect(give(idle('checkout-staging'), {}, { now: NIGHT })).toHaveProperty(
      'operation',
    );
  });

  it('refuses what is being deleted, what runs already, and what ends already', () => {
    for (const command of ['sync', 'refresh', 'terminate'] as const) {
      expect(refusal(idle('legacy'), {}, { command })).toMatch(
        /is being deleted/,
      );
    }
    const running = readFixture('applications.yaml', 'ingress');
    expect(refusal(running)).toMatch(/wait until it ends, or terminate it/);
    running.status.operationState.phase = 'Terminating';
    expect(refusal(running)).toMatch(/is terminating/);
    expect(refusal(running, {}, { command: 'terminate' })).toMatch(
      /being terminated already/,
    );
  });
});
