import type {
  Application,
  ApplicationCommand,
  CommandRequest,
} from '@fairway/plugin-gitops-common';
import type { KubernetesObject } from '@fairway/plugin-gitops-node';
import {
  now,
  object,
  observe,
  observer,
} from './__testUtils__/recordedObjects';

const REQUESTED_AT = now.toISOString();
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

  it('takes the place of a sync that is not over, and of no other command', () => {
    expect(commands(item, 'sync').map(({ supersedes }) => supersedes)).toEqual([
      ...[undefined, true],
    ]);
    for (const command of ['refresh', 'suspend'] as const) {
      expect(commands(item, command).at(-1)).not.toHaveProperty('supersedes');
    }
  });

  it('refuses to sync what has a source that is known to be suspended', () => {
    const application = observe(item) as unknown as Application;
    application.conditions.push({
      ...{ type: 'SourceSuspended', message: 'GitRepository a/b: resume it' },
    });
    expect(() =>
      observer.commands(application, {
        ...{ command: 'sync', request: {}, user: 'user:default/ada', now },
      }),
    ).toThrow(/would not get anything newer: GitRepository a\/b: resume it/);
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
