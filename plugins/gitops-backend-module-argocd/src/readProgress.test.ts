import type { CommandRun } from '@fairway/plugin-gitops-common';
import { readFixture, type LooseObject } from './__testUtils__';
import { readProgress } from './readProgress';

const AT = '2026-02-22T09:00:00.500Z';
const LATER = '2026-02-22T09:00:10Z';
const BEFORE = '2026-02-22T08:30:00Z';

const run: CommandRun = {
  id: '1',
  applicationId: 'a',
  command: 'sync',
  request: {},
  requestedBy: 'user:default/ada',
  requestedAt: AT,
  state: 'requested',
  message: 'Asked Argo CD to sync orders-prod',
};

const info = [
  { name: 'Requested by', value: 'user:default/ada' },
  { name: 'Requested at', value: AT },
];
const operation = {
  initiatedBy: { username: 'user:default/ada' },
  info,
  sync: { prune: false, dryRun: false },
  retry: { limit: 0 },
};
/** As Argo CD's API writes it for an account, without the marks. */
const ofAccount = {
  initiatedBy: { username: 'portal' },
  sync: { revision: 'a'.repeat(40) },
};

function application(
  state: Record<string, unknown> | undefined,
  more: { operation?: object; metadata?: object } = {},
): LooseObject {
  const object = readFixture('applications.yaml', 'orders-prod');
  object.status.operationState = state;
  // Argo CD keeps what asked for an operation until it ends.
  const lasts = state?.phase === 'Running' || state?.phase === 'Terminating';
  object.operation =
    more.operation ?? (lasts ? state?.operation ?? { sync: {} } : undefined);
  Object.assign(object.metadata, more.metadata);
  return object;
}

const old = {
  phase: 'Succeeded',
  message: 'successfully synced (all tasks run)',
  startedAt: BEFORE,
  finishedAt: BEFORE,
  operation: { ...operation, info: [info[0], { ...info[1], value: BEFORE }] },
};

describe('readProgress of a sync', () => {
  it('knows its operation from the request to the end', () => {
    expect(readProgress(application(old), run)).toBeUndefined();
    expect(readProgress(application(old, { operation }), run)).toEqual({
      state: 'requested',
      message: 'Waiting for Argo CD to start it',
    });
    const running = {
      phase: 'Running',
      message: 'waiting for healthy state of apps/Deployment/orders',
      startedAt: LATER,
      operation,
    };
    expect(readProgress(application(running, { operation }), run)).toEqual({
      state: 'running',
      message: 'waiting for healthy state of apps/Deployment/orders',
    });
    expect(
      readProgress(application({ ...running, phase: 'Terminating' }), run),
    ).toEqual({ state: 'running', message: 'Argo CD is terminating it' });
    expect(
      readProgress(
        application({
          ...running,
          phase: 'Succeeded',
          message: 'successfully synced (all tasks run)',
          finishedAt: LATER,
        }),
        run,
      ),
    ).toEqual({
      state: 'succeeded',
      message: 'successfully synced (all tasks run)',
      finishedAt: '2026-02-22T09:00:10.000Z',
    });
  });

  it('is over when Argo CD does not work on it any more, whatever the state says', () => {
    for (const phase of ['Running', 'Terminating']) {
      const object = application({ phase, operation });
      delete object.operation;
      expect(readProgress(object, run)).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('sync again'),
      });
      expect(
        readProgress(object, { ...run, command: 'terminate' }),
      ).toMatchObject({ state: 'succeeded' });
    }
  });

  it('says which objects failed', () => {
    const failed = {
      kind: 'Service',
      name: 'orders',
      status: 'SyncFailed',
      message: 'spec.clusterIP: field is immutable',
    };
    const state = {
      phase: 'Failed',
      message: 'one or more objects failed to apply',
      startedAt: LATER,
      operation,
      syncResult: {
        resources: [
          failed,
          { kind: 'Deployment', name: 'orders', status: 'Synced' },
          {
            kind: 'Job',
            name: 'migrate',
            hookPhase: 'Failed',
            message: 'exit 1',
          },
          { ...failed, name: 'a' },
          { ...failed, name: 'b' },
        ],
      },
    };
    expect(readProgress(application(state), run)).toMatchObject({
      state: 'failed',
      message:
        'one or more objects failed to apply: Service orders: spec.clusterIP: field is immutable; Job migrate: exit 1; Service a: spec.clusterIP: field is immutable; and 1 more',
    });
    expect(
      readProgress(
        application({ phase: 'Error', startedAt: LATER, operation }),
        run,
      )?.message,
    ).toMatch(/does not say why/);
  });

  it('says what became of each object, the worst first, of a bounded number', () => {
    const result = (name: string, fields: object) => ({
      ...{ group: 'apps', version: 'v1', kind: 'Deployment' },
      ...{ namespace: 'orders', name, syncPhase: 'Sync' },
      ...fields,
    });
    const would = (name: string, verb: string) =>
      result(name, {
        ...{ status: 'Synced', hookPhase: 'Succeeded' },
        message: `deployment.apps/${name} ${verb} (server dry run)`,
      });
    const ended = (resources: object[], phase = 'Succeeded') =>
      readProgress(
        application({
          ...{ phase, message: 'done', startedAt: LATER },
          operation: { ...operation, sync: { dryRun: true } },
          syncResult: { resources },
        }),
        { ...run, request: { dryRun: true } },
      );
    const progress = ended([
      would('same', 'unchanged'),
      would('applied', 'serverside-applied'),
      would('other', 'configured'),
      would('new', 'created'),
      result('kept', {
        ...{ status: 'PruneSkipped', hookPhase: 'Succeeded' },
        message: 'ignored (requires pruning)',
      }),
      result('gone', { status: 'Pruned', message: 'pruned (dry run)' }),
      result('bad', {
        ...{ status: 'SyncFailed', hookPhase: 'Failed' },
        message: 'x'.repeat(600),
      }),
      {
        ...{ kind: 'Job', name: 'migrate', status: 'Synced' },
        ...{ hookType: 'PreSync', hookPhase: 'Running', message: 'created' },
      },
      { kind: 'Deployment' },
    ]);
    const object = { group: 'apps', kind: 'Deployment', namespace: 'orders' };
    const change = (name: string, verb: string, of?: string) => ({
      ...object,
      ...{ name, status: 'synced', ...(of && { change: of }) },
      message: `deployment.apps/${name} ${verb} (server dry run)`,
    });
    expect(progress).toMatchObject({ state: 'succeeded', message: 'done' });
    expect(progress?.results).toEqual([
      {
        ...object,
        ...{ name: 'bad', status: 'sync-failed', phase: 'failed' },
        message: `${'x'.repeat(500)}…`,
      },
      {
        ...object,
        ...{ name: 'gone', status: 'pruned', message: 'pruned (dry run)' },
      },
      {
        ...object,
        ...{ name: 'kept', status: 'prune-skipped' },
        message: 'ignored (requires pruning)',
      },
      change('new', 'created', 'created'),
      change('other', 'configured', 'changed'),
      change('applied', 'serverside-applied'),
      {
        ...{ group: '', kind: 'Job', name: 'migrate', status: 'synced' },
        ...{ hook: 'PreSync', phase: 'running', message: 'created' },
      },
      change('same', 'unchanged', 'unchanged'),
    ]);
    expect(progress).not.toHaveProperty('omittedResults');

    const many = Array.from({ length: 150 }, (_, index) =>
      would(`part-${index}`, 'unchanged'),
    );
    const bounded = ended([...many, would('new', 'created')], 'Failed');
    expect(bounded?.results).toHaveLength(100);
    expect(bounded?.results?.slice(0, 2).map(({ name }) => name)).toEqual([
      'new',
      'part-0',
    ]);
    expect(bounded?.omittedResults).toBe(51);
    expect(ended([], 'Running')).not.toHaveProperty('results');
    expect(ended([])).not.toHaveProperty('results');
  });

  it.each([
    [
      'role.rbac.authorization.k8s.io/a reconciled. role/a unchanged',
      'unchanged',
    ],
    ['configmap/created configured', 'changed'],
    [
      'deployment.apps/a replaced\nWarning: it has been created long ago',
      'changed',
    ],
    ['Deployment has been created and waits', undefined],
    [undefined, undefined],
  ])('reads out of %j that it was %s', (message, change) => {
    const state = {
      ...{ phase: 'Succeeded', startedAt: LATER, operation },
      syncResult: {
        resources: [{ kind: 'Role', name: 'a', status: 'Synced', message }],
      },
    };
    expect(readProgress(application(state), run)?.results?.[0].change).toBe(
      change,
    );
  });

  it('takes an operation without marks for its own only when it fits', () => {
    const state = (sync: object, by: object = ofAccount.initiatedBy) => ({
      phase: 'Running',
      startedAt: LATER,
      operation: { initiatedBy: by, sync },
    });
    const { sync } = ofAccount;
    const judge = (found: { phase: string }, request = {}) =>
      readProgress(application(found), { ...run, request })?.state;
    expect(judge(state(sync))).toBe('running');
    expect(judge(state(sync, { username: run.requestedBy }))).toBe('running');
    for (const other of [
      state(sync, { automated: true }),
      state(sync, { username: 'user:default/grace' }),
      state({ ...sync, dryRun: true }),
      state({ ...sync, prune: true }),
      state({ ...sync, syncStrategy: { apply: { force: true } } }),
      state({ ...sync, resources: [{ kind: 'Service', name: 'orders' }] }),
      { ...state(sync), startedAt: BEFORE },
    ]) {
      // Too early to say whether its own is still to come.
      expect(judge(other)).toBeUndefined();
    }
    const asked = { revision: 'a'.repeat(40) };
    expect(judge(state(sync), asked)).toBe('running');
    expect(judge(state({ revision: 'b'.repeat(40) }), asked)).toBeUndefined();
    expect(judge(state({ revisions: ['1.0', 'a'.repeat(40)] }), asked)).toBe(
      'running',
    );
    // A branch is written as the commit that it stands for.
    expect(judge(state(sync), { revision: 'main' })).toBe('running');
  });

  it('is superseded by an operation that came after it', () => {
    const automated = {
      phase: 'Succeeded',
      startedAt: '2026-02-22T09:05:00Z',
      operation: { initiatedBy: { automated: true }, sync: {} },
    };
    expect(readProgress(application(automated), run)).toEqual({
      state: 'superseded',
      message:
        'Another operation, of Argo CD itself, ran in its place; look at the application and ask again',
    });
    // By clocks that differ it may have been there before, unless its own was seen to run.
    const soon = { ...automated, startedAt: '2026-02-22T09:00:20Z' };
    expect(readProgress(application(soon), run)).toBeUndefined();
    expect(
      readProgress(application(soon), { ...run, state: 'running' }),
    ).toMatchObject({ state: 'superseded' });
    const replaced = {
      ...operation,
      info: [
        { ...info[0], value: 'user:default/grace' },
        { ...info[1], value: '2026-02-22T09:00:02.000Z' },
      ],
    };
    expect(
      readProgress(application(old, { operation: replaced }), run)?.message,
    ).toContain('user:default/grace');
    // It waits behind what runs.
    const running = { ...automated, phase: 'Running' };
    expect(
      readProgress(application(running, { operation }), run),
    ).toMatchObject({
      state: 'requested',
      message: 'Argo CD starts it when the operation before it ends',
    });
  });

  it('is not moved by an object that comes late', () => {
    const running: CommandRun = { ...run, state: 'running' };
    expect(readProgress(application(old), running)).toBeUndefined();
    expect(
      readProgress(application(old, { operation }), running),
    ).toBeUndefined();
  });

  it('fails when the application is deleted meanwhile', () => {
    const metadata = { deletionTimestamp: LATER };
    expect(
      readProgress(application(old, { metadata, operation }), run),
    ).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('being deleted'),
    });
  });
});

describe('readProgress of a refresh', () => {
  const refresh: CommandRun = { ...run, command: 'refresh' };
  const asked = { 'argocd.argoproj.io/refresh': 'hard' };

  it('lasts until the annotation is gone and Argo CD compared again', () => {
    const object = application(undefined);
    object.status.reconciledAt = BEFORE;
    // Not seen yet, or done already: only a later comparison tells.
    expect(readProgress(object, refresh)).toBeUndefined();
    expect(
      readProgress(
        application(undefined, { metadata: { annotations: asked } }),
        refresh,
      ),
    ).toMatchObject({ state: 'running' });
    // Who saw the annotation allows for a clock that is behind.
    const seen: CommandRun = { ...refresh, state: 'running' };
    expect(readProgress(object, seen)).toBeUndefined();
    object.status.reconciledAt = '2026-02-22T08:59:30Z';
    expect(readProgress(object, refresh)).toBeUndefined();
    expect(readProgress(object, seen)).toMatchObject({ state: 'succeeded' });
    object.status.reconciledAt = LATER;
    expect(readProgress(object, refresh)).toMatchObject({
      state: 'succeeded',
      finishedAt: '2026-02-22T09:00:10.000Z',
    });
    // Times are in whole seconds.
    object.status.reconciledAt = '2026-02-22T09:00:00Z';
    expect(readProgress(object, refresh)?.state).toBe('succeeded');
  });

  it('fails when it could not be compared', () => {
    const object = application(undefined);
    object.status.reconciledAt = LATER;
    object.status.conditions = [
      { type: 'SyncError', message: 'of an earlier sync' },
    ];
    expect(readProgress(object, refresh)?.state).toBe('succeeded');
    object.status.conditions.push({
      type: 'ComparisonError',
      message: 'app path does not exist',
    });
    expect(readProgress(object, refresh)).toMatchObject({
      state: 'failed',
      message: 'app path does not exist',
    });
  });
});

describe('readProgress of other commands', () => {
  const terminate: CommandRun = { ...run, command: 'terminate' };
  const state = (phase: string, startedAt = BEFORE) =>
    application({
      phase,
      startedAt,
      finishedAt: LATER,
      message: 'Operation terminated',
    });

  it.each([
    [state('Running'), { state: 'requested' }],
    [state('Terminating'), { state: 'running' }],
    [
      state('Failed'),
      {
        state: 'succeeded',
        message: 'The operation is over: Operation terminated',
        finishedAt: '2026-02-22T09:00:10.000Z',
      },
    ],
    [state('Running', '2026-02-22T09:05:00Z'), { state: 'succeeded' }],
    [application(undefined), { state: 'succeeded' }],
  ])('follows a termination (%#)', (object, expected) => {
    expect(readProgress(object, terminate)).toMatchObject(expected);
  });

  it('says nothing of commands that Argo CD does not have', () => {
    expect(
      readProgress(application(old), { ...run, command: 'suspend' }),
    ).toBeUndefined();
  });
});
