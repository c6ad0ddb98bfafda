import type {
  Application,
  ApplicationCommand,
  CommandRequest,
  CommandRun,
} from '@fairway/plugin-gitops-common';
import type { KubernetesObject } from '@fairway/plugin-gitops-node';
import {
  now,
  object,
  observe,
  observer,
  setCondition,
  type AnyObject,
} from './__testUtils__/recordedObjects';

const REQUESTED_AT = now.toISOString();
const LATER = '2026-02-22T09:00:07.000Z';
const ANNOTATION = 'reconcile.fluxcd.io/requestedAt';

function commands(
  item: KubernetesObject,
  command: ApplicationCommand,
  request: CommandRequest = {},
) {
  return observer.commands(observe(item) as unknown as Application, {
    command,
    request,
    user: 'user:default/ada',
    now,
  });
}

describe('commands', () => {
  const item = object('Kustomization', 'orders-prod');
  const requested = {
    metadata: { annotations: { [ANNOTATION]: REQUESTED_AT } },
  };

  it('reconciles the source before the object', () => {
    expect(
      commands(item, 'sync').map(({ ref, plural, patch }) => [
        ref.kind,
        plural,
        patch,
      ]),
    ).toEqual([
      ['GitRepository', 'gitrepositories', requested],
      ['Kustomization', 'kustomizations', requested],
    ]);
    expect(commands(item, 'refresh').map(({ ref }) => ref.kind)).toEqual([
      'GitRepository',
    ]);
  });

  it.each([
    [
      'catalog',
      {},
      [
        ['HelmRepository', 'charts', undefined],
        ['HelmChart', 'discovery-catalog', true],
        ['HelmRelease', 'catalog', undefined],
      ],
    ],
    [
      'newsletter',
      {},
      [
        ['GitRepository', 'newsletter', undefined],
        ['HelmChart', 'messaging-newsletter', true],
        ['HelmRelease', 'newsletter', undefined],
      ],
    ],
    [
      // The repository of the release is a registry, as the store knows.
      'email-gateway',
      { repoUrl: 'oci://registry.example.com/charts' },
      [
        ['HelmChart', 'messaging-email-gateway', true],
        ['HelmRelease', 'email-gateway', undefined],
      ],
    ],
    [
      'redis',
      {},
      [
        ['OCIRepository', 'redis-chart', undefined],
        ['HelmRelease', 'redis', undefined],
      ],
    ],
  ])('reconciles what release %s stands on', (name, joined, expected) => {
    const observation = observe(object('HelmRelease', name));
    const application = {
      ...observation,
      source: { ...observation.source, ...joined },
    } as unknown as Application;
    const context = { request: {}, user: 'user:default/ada', now };
    expect(
      observer
        .commands(application, { ...context, command: 'sync' })
        .map(({ ref, optional }) => [ref.kind, ref.name, optional]),
    ).toEqual(expected);
    const [refreshed] = observer.commands(application, {
      ...context,
      command: 'refresh',
    });
    expect([refreshed.ref.kind, refreshed.optional ?? false]).toEqual([
      expected[0][0],
      false,
    ]);
  });

  it('forces a release only when asked, and tries again what gave up', () => {
    const annotationsOf = (name: string, request?: CommandRequest) =>
      (
        commands(object('HelmRelease', name), 'sync', request).at(-1)
          ?.patch as any
      ).metadata.annotations;
    expect(annotationsOf('catalog')).toEqual({ [ANNOTATION]: REQUESTED_AT });
    expect(annotationsOf('catalog', { force: true })).toEqual({
      [ANNOTATION]: REQUESTED_AT,
      'reconcile.fluxcd.io/forceAt': REQUESTED_AT,
    });
    expect(annotationsOf('redis')).toEqual({
      [ANNOTATION]: REQUESTED_AT,
      'reconcile.fluxcd.io/resetAt': REQUESTED_AT,
    });
  });

  it('reconciles the object alone when nothing fetches its source', () => {
    const other = structuredClone(item);
    other.spec.sourceRef.kind = 'ExternalArtifact';
    expect(commands(other, 'sync').map(({ plural }) => plural)).toEqual([
      'kustomizations',
    ]);
    other.spec.suspend = true;
    expect(observe(other).commands).toEqual(['resume']);
  });

  it('writes to sources of Flux alone, whatever a reference says', () => {
    const other = structuredClone(item);
    other.spec.sourceRef.apiVersion = 'apps/v1';
    expect(commands(other, 'sync')[0].ref.apiVersion).toBe(
      'source.toolkit.fluxcd.io/v1',
    );
  });

  it('suspends and resumes', () => {
    expect(commands(item, 'suspend')[0].patch).toEqual({
      spec: { suspend: true },
    });
    expect(commands(item, 'resume')[0].patch).toEqual({
      spec: { suspend: false },
    });
  });

  it.each([
    ['terminate', {}, /cannot stop/],
    ['sync', { revision: 'v2' }, /takes no revision/],
    ['sync', { dryRun: true }, /no dry run/],
    ['sync', { force: true }, /spec\.force in Git/],
    [
      'sync',
      { resources: [{ group: '', kind: 'Service', name: 'orders' }] },
      /cannot select some/,
    ],
  ] as const)('refuses %s %j, saying why', (command, request, message) => {
    expect(() => commands(item, command, request as CommandRequest)).toThrow(
      message,
    );
  });

  it('refuses to sync what is suspended, and to prune what does not', () => {
    expect(() =>
      commands(object('Kustomization', 'search-dev'), 'sync'),
    ).toThrow(/resume it first/);
    expect(() =>
      commands(object('Kustomization', 'ledger-prod'), 'sync', { prune: true }),
    ).toThrow(/spec\.prune in Git/);
  });
});

describe('progress', () => {
  function progress(item: KubernetesObject, command: ApplicationCommand) {
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
    return observer.progress(item, run);
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
});
