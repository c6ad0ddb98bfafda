import type {
  ApplicationCommand,
  CommandRun,
} from '@fairway/plugin-gitops-common';
import type {
  KubernetesObject,
  ProgressContext,
} from '@fairway/plugin-gitops-node';
import {
  now,
  object,
  observer,
  setCondition,
  type AnyObject,
} from './__testUtils__/recordedObjects';

const REQUESTED_AT = now.toISOString();
const LATER = '2026-02-22T09:00:07.000Z';
const ANNOTATION = 'reconcile.fluxcd.io/requestedAt';

describe('fluxProgress', () => {
  function progress(
    item: KubernetesObject,
    command: ApplicationCommand,
    context: ProgressContext = {},
  ) {
    const run: CommandRun = {
      id: 'run',
      applicationId: 'application',
      command,
      request: {},
      requestedBy: 'user:default/ada',
      requestedAt: REQUESTED_AT,
      state: 'requested',
      message: 'Asked Flux',
    };
    return observer.progress(item, run, context);
  }

  function asked(kind: string, name: string): AnyObject {
    const item = object(kind, name);
    item.metadata.annotations = { [ANNOTATION]: REQUESTED_AT };
    return item;
  }

  function handled(kind: string, name: string): AnyObject {
    const item = asked(kind, name);
    item.status.lastHandledReconcileAt = REQUESTED_AT;
    return item;
  }

  it('follows a sync from the request to its end', () => {
    const item = object('Kustomization', 'orders-prod');
    expect(progress(item, 'sync')).toBeUndefined();

    const taken = asked('Kustomization', 'orders-prod');
    expect(progress(taken, 'sync')).toBeUndefined();

    const running = structuredClone(taken);
    setCondition(running, 'Reconciling', {
      status: 'True',
      message: 'Building manifests',
    });
    expect(progress(running, 'sync')).toEqual({
      state: 'running',
      message: 'Building manifests',
    });

    const done = handled('Kustomization', 'orders-prod');
    setCondition(done, 'Ready', { lastTransitionTime: LATER });
    expect(progress(done, 'sync')).toEqual({
      state: 'succeeded',
      message: `Applied revision: main@sha1:${'3'.repeat(40)}`,
      finishedAt: LATER,
    });
  });

  it.each([
    ['Kustomization', 'ledger-prod', 'failed', /health check failed/],
    ['Kustomization', 'foreign', 'failed', /have been blocked/],
    ['Kustomization', 'invoices-prod', 'failed', /kustomize build failed/],
    ['Kustomization', 'reports-prod', 'running', /ledger-prod' is not ready/],
    ['Kustomization', 'billing-prod', 'running', /Running health checks/],
    ['HelmRelease', 'redis', 'failed', /after 1 attempt/],
    ['HelmRelease', 'catalog', 'succeeded', /upgrade succeeded/],
    ['GitRepository', 'ledger', 'failed', /i\/o timeout/],
    ['HelmChart', 'messaging-sessions', 'failed', /version matching '9\.x'/],
    ['GitRepository', 'orders', 'succeeded', /stored artifact/],
  ])('reads the outcome of %s %s', (kind, name, state, message) => {
    expect(progress(handled(kind, name), 'sync')).toMatchObject({
      state,
      message: expect.stringMatching(message),
    });
    expect(progress(handled(kind, name), 'refresh')).toMatchObject({ state });
  });

  it('knows no end of an outcome that is older than the command', () => {
    expect(
      progress(handled('HelmRelease', 'catalog'), 'sync'),
    ).not.toHaveProperty('finishedAt');
  });

  it('gives way to a later request, and ends when it is suspended before', () => {
    const later = object('Kustomization', 'orders-prod');
    later.metadata.annotations = { [ANNOTATION]: LATER };
    expect(progress(later, 'sync')).toMatchObject({ state: 'superseded' });

    const suspended = asked('Kustomization', 'orders-prod');
    suspended.spec.suspend = true;
    expect(progress(suspended, 'sync')).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('resume it'),
    });
  });

  it('follows suspending and resuming', () => {
    const item = object('Kustomization', 'orders-prod');
    expect(progress(item, 'suspend')).toBeUndefined();
    expect(progress(item, 'resume')).toMatchObject({ state: 'succeeded' });
    item.spec.suspend = true;
    expect(progress(item, 'suspend')).toMatchObject({ state: 'succeeded' });
    expect(progress(item, 'resume')).toBeUndefined();
    expect(progress(item, 'terminate')).toBeUndefined();
  });

  it('names the source that is not ready to who syncs what follows it', () => {
    const ledger = handled('GitRepository', 'ledger');
    expect(progress(ledger, 'sync')?.message).toMatch(
      /^GitRepository ledger is not ready: failed to checkout/,
    );
    expect(progress(ledger, 'refresh')?.message).toMatch(/^failed to checkout/);
  });

  it('takes a later request of a source that many share for its own', () => {
    const orders = object('GitRepository', 'orders');
    orders.metadata.annotations = { [ANNOTATION]: LATER };
    expect(progress(orders, 'sync')).toBeUndefined();
    orders.status.lastHandledReconcileAt = LATER;
    expect(progress(orders, 'sync')).toMatchObject({ state: 'succeeded' });
    orders.status.lastHandledReconcileAt = '2026-02-22T08:59:59.000Z';
    expect(progress(orders, 'sync')).toBeUndefined();
  });

  it('does not ask what is suspended, and believes no object that comes late', () => {
    for (const [kind, message] of [
      ['GitRepository', /^GitRepository orders.* is suspended.*resume it/],
      ['Kustomization', /It was suspended.*resume it/],
    ] as const) {
      const item = object(
        kind,
        kind === 'GitRepository' ? 'orders' : 'orders-prod',
      );
      item.spec.suspend = true;
      expect(progress(item, 'sync', { beforehand: true })).toEqual({
        state: 'failed',
        message: expect.stringMatching(message),
      });
      expect(progress(item, 'sync')).toBeUndefined();
    }
    const registry = object('HelmRepository', 'registry');
    expect(progress(registry, 'sync')).toMatchObject({ state: 'succeeded' });
  });

  it('ends what waits for another object when it is suspended meanwhile', () => {
    const waits = handled('Kustomization', 'reports-prod');
    expect(progress(waits, 'sync')).toMatchObject({ state: 'running' });
    waits.spec.suspend = true;
    waits.metadata.generation! += 1;
    expect(progress(waits, 'sync')).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('It was suspended'),
    });
    // What was reconciled before that stays so.
    const done = handled('Kustomization', 'orders-prod');
    done.spec.suspend = true;
    done.metadata.generation! += 1;
    expect(progress(done, 'sync')).toMatchObject({ state: 'succeeded' });
  });

  it.each([
    ['Kustomization', 'orders-prod', /It was suspended.*resume it/],
    ['HelmRelease', 'catalog', /It was suspended.*resume it/],
    ['GitRepository', 'orders', /^GitRepository orders.* is suspended/],
  ])(
    'takes no %s %s for synced whose request Flux handles by doing nothing',
    (kind, name, message) => {
      const item = handled(kind, name);
      item.spec.suspend = true;
      item.metadata.generation! += 1;
      item.status.observedGeneration = item.metadata.generation;
      expect(progress(item, 'sync')).toEqual({
        state: 'failed',
        message: expect.stringMatching(message),
      });
      // It was reconciled since, and suspended then.
      setCondition(item, 'Ready', { lastTransitionTime: LATER });
      expect(progress(item, 'sync')).toMatchObject({ state: 'succeeded' });
    },
  );

  it.each<[string, string, string, string, (before: AnyObject) => void]>([
    [
      ...(['Kustomization', 'orders-prod', 'GitRepository', 'orders'] as const),
      ({ status }) => {
        status.artifact.revision = `main@sha1:${'9'.repeat(40)}`;
      },
    ],
    [
      ...([
        'HelmRelease',
        'catalog',
        'HelmChart',
        'discovery-catalog',
      ] as const),
      ({ status }) => {
        status.artifact.revision = '1.3.0';
      },
    ],
    [
      ...(['HelmRelease', 'redis', 'OCIRepository', 'redis-chart'] as const),
      ({ status }) => {
        status.artifact.revision = `20.1.5@sha256:${'9'.repeat(64)}`;
      },
    ],
    [
      ...([
        'HelmChart',
        'discovery-catalog',
        'HelmRepository',
        'charts',
      ] as const),
      ({ status }) => {
        status.artifact.revision = `sha256:${'9'.repeat(64)}`;
      },
    ],
  ])(
    'of %s %s succeeds with the revision that %s %s has',
    (kind, name, sourceKind, source, fetchAnother) => {
      const item = handled(kind, name);
      setCondition(item, 'Stalled', { status: 'False' });
      setCondition(item, 'Ready', { status: 'True' });
      const before = object(sourceKind, source);
      expect(progress(item, 'sync', { before })).toMatchObject({
        state: 'succeeded',
      });
      fetchAnother(before);
      expect(progress(item, 'sync', { before })).toEqual({
        state: 'running',
        message: `Flux takes up ${before.status.artifact.revision} next`,
      });
      // A failure is one, whatever it was about.
      setCondition(item, 'Ready', { status: 'False', reason: 'Failed' });
      expect(progress(item, 'sync', { before })).toMatchObject({
        state: 'failed',
      });
      setCondition(item, 'Ready', { status: 'True' });
      // It may follow another one by now, and what has no revision says nothing.
      before.metadata.name = 'another';
      expect(progress(item, 'sync', { before })).toMatchObject({
        state: 'succeeded',
      });
    },
  );
});
