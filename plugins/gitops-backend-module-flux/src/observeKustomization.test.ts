import {
  commit,
  object,
  observe,
  setCondition,
} from './__testUtils__/recordedObjects';

const SOURCE = {
  cluster: 'prod-eu',
  apiVersion: 'source.toolkit.fluxcd.io/v1',
};
const KUSTOMIZATION = {
  cluster: 'prod-eu',
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
};

describe('what a Kustomization says', () => {
  it('observes a healthy one', () => {
    const sourceRef = {
      ...SOURCE,
      kind: 'GitRepository',
      namespace: 'payments',
      name: 'orders',
    };
    const observation = observe(object('Kustomization', 'orders-prod'));
    expect(observation).toMatchObject({
      engine: 'flux',
      sync: 'synced',
      health: 'healthy',
      healthSince: '2026-02-20T10:40:12.000Z',
      policy: { automated: true, prune: true, selfHeal: true },
      source: {
        type: 'kustomize',
        path: 'deploy/overlays/production',
        ref: sourceRef,
      },
      sourceRef,
      destination: { namespace: 'orders' },
      revision: commit('3'),
      images: ['registry.example.com/payments/orders:1.4.2'],
      operation: { phase: 'succeeded' },
      conditions: [],
      commands: ['sync', 'refresh', 'suspend'],
    });
    // Its source says what should run.
    expect(observation.desiredRevision).toBeUndefined();
    expect(observation.healthMessage).toBeUndefined();
    expect(observation.resources).toEqual([
      {
        group: 'apps',
        version: 'v1',
        kind: 'Deployment',
        namespace: 'orders',
        name: 'orders',
      },
      {
        group: '',
        version: 'v1',
        kind: 'Service',
        namespace: 'orders',
        name: 'orders',
      },
      {
        group: 'rbac.authorization.k8s.io',
        version: 'v1',
        kind: 'ClusterRole',
        namespace: undefined,
        name: 'system:orders',
      },
    ]);
  });

  it('names what applied it, what it waits for, and the commit behind an artifact', () => {
    expect(observe(object('Kustomization', 'search-prod'))).toMatchObject({
      sync: 'synced',
      revision: expect.stringMatching(/^sha256:9f86/),
      originRevision: commit('6'),
      sourceRef: { ...SOURCE, kind: 'OCIRepository', name: 'search' },
      parent: { ...KUSTOMIZATION, namespace: 'flux-system', name: 'tenants' },
      dependsOn: [
        { ...KUSTOMIZATION, namespace: 'payments', name: 'orders-prod' },
        { ...KUSTOMIZATION, namespace: 'discovery', name: 'index' },
      ],
    });
    expect(
      observe(object('Kustomization', 'flux-system')).parent,
    ).toBeUndefined();
  });

  it('tells a part of a huge inventory, and how much there is', () => {
    const huge = object('Kustomization', 'orders-prod');
    huge.status.inventory.entries = Array.from(
      { length: 4000 },
      (_, index) => ({
        id: `orders_config-${index}__ConfigMap`,
        v: 'v1',
      }),
    );
    const observation = observe(huge);
    expect(observation.resourceCount).toBe(4000);
    expect(observation.resources).toHaveLength(1000);
    expect(observation.resources[999].name).toBe('config-999');
  });

  it('observes one that is suspended, of a Flux without history', () => {
    expect(observe(object('Kustomization', 'search-dev'))).toMatchObject({
      suspended: true,
      health: 'suspended',
      policy: { automated: false, prune: true, selfHeal: true },
      revision: expect.stringMatching(/^sha256:9f86/),
      source: { path: '' },
      commands: ['refresh', 'resume'],
      deployments: [
        {
          key: expect.stringMatching(
            /^applied\/sha256:9f86.*\/2026-02-17T09:00:00.000Z$/,
          ),
          inferred: true,
        },
      ],
    });
  });

  it('is not synced before its newest change is applied, of whatever revision', () => {
    const item = object('Kustomization', 'orders-prod');
    item.metadata.generation = 3;
    item.spec.images[0].newTag = '1.5.0';
    expect(observe(item)).toMatchObject({
      sync: 'out-of-sync',
      syncMessage: expect.stringContaining('is not applied yet'),
      images: [],
    });
    setCondition(item, 'Ready', {
      status: 'False',
      reason: 'BuildFailed',
      message: 'kustomize build failed: no such file',
      observedGeneration: 3,
    });
    const broken = {
      sync: 'out-of-sync',
      syncMessage: 'kustomize build failed: no such file',
      health: 'degraded',
      images: [],
    };
    expect(observe(item)).toMatchObject(broken);
    // What it needs beside the source went away.
    item.metadata.generation = 2;
    expect(observe(item)).toMatchObject(broken);
    // What is applied and ill is applied.
    setCondition(item, 'Ready', { reason: 'HealthCheckFailed' });
    expect(observe(item)).toMatchObject({ sync: 'synced', health: 'degraded' });
    // Changes of what is suspended are marked as seen, and not applied.
    item.spec.suspend = true;
    expect(observe(item)).toMatchObject({ sync: 'synced', images: [] });
  });

  it('names the cluster that it deploys to, by what leads there', () => {
    const item = object('Kustomization', 'orders-prod');
    item.spec.kubeConfig = { secretRef: { name: 'prod-us-kubeconfig' } };
    const destination = { namespace: 'orders', server: 'prod-us' };
    expect(observe(item)).toMatchObject({ destination });
    item.spec.kubeConfig = { configMapRef: { name: 'prod-us' } };
    expect(observe(item)).toMatchObject({ destination });
  });

  it.each([
    [
      'billing-prod',
      'progressing',
      /^Running health checks/,
      'out-of-sync',
      'running',
    ],
    // The generation that is left behind hides no failure.
    [
      'invoices-prod',
      'degraded',
      /^kustomize build failed/,
      'out-of-sync',
      'failed',
    ],
    [
      'ledger-prod',
      'degraded',
      /Deployment\/ledger\/ledger/,
      'out-of-sync',
      'failed',
    ],
    [
      'reports-prod',
      'progressing',
      /^Waits for Kustomization payments\/ledger-prod: dependency/,
      'synced',
      'running',
    ],
    ['archive-prod', 'degraded', /"archive" not found/, 'unknown', 'failed'],
    ['foreign', 'degraded', /have been blocked/, 'unknown', 'failed'],
  ])('%s is %s', (name, health, message, sync, phase) => {
    expect(observe(object('Kustomization', name))).toMatchObject({
      health,
      healthMessage: expect.stringMatching(message),
      sync,
      operation: { phase },
    });
  });

  it.each([
    ['Stalled', { status: 'True', message: 'no such path' }, 'degraded'],
    ['Reconciling', { status: 'True', reason: 'Progressing' }, 'progressing'],
    ['Ready', { status: 'Unknown' }, 'unknown'],
    [
      'Ready',
      { status: 'False', reason: 'HealthCheckCanceled' },
      'progressing',
    ],
  ])('with %s %j is %s', (type, condition, health) => {
    const item = object('Kustomization', 'orders-prod');
    setCondition(item, type, condition);
    expect(observe(item).health).toBe(health);
  });

  it('is progressing while the controller has not seen the newest generation', () => {
    const item = object('Kustomization', 'orders-prod');
    item.metadata.generation = 3;
    expect(observe(item).health).toBe('progressing');
  });

  it('takes no command while it is being deleted', () => {
    const item = object('Kustomization', 'orders-prod');
    item.metadata.deletionTimestamp = '2026-02-22T08:00:00Z';
    expect(observe(item).commands).toEqual([]);
  });
});

describe('deployments of a Kustomization', () => {
  const second = {
    key: 'applied/sha256:bbbb/2026-02-19T08:00:00.000Z',
    revision: commit('2'),
    finishedAt: '2026-02-19T08:00:00.000Z',
    outcome: 'succeeded',
  };
  const third = {
    key: 'applied/sha256:cccc/2026-02-20T10:20:12.000Z',
    revision: commit('3'),
    changed: true,
    finishedAt: '2026-02-20T10:30:12.000Z',
    outcome: 'succeeded',
  };

  it('are those of its history that still say when they were', () => {
    expect(observe(object('Kustomization', 'orders-prod')).deployments).toEqual(
      [second, third],
    );
  });

  it('keep their keys while it reconciles, and when it goes on', () => {
    const later = object('Kustomization', 'orders-prod');
    later.status.history[0].lastReconciled = '2026-02-20T18:00:00Z';
    later.status.history[0].totalReconciliations = 48;
    setCondition(later, 'Ready', {
      lastTransitionTime: '2026-02-20T18:00:00Z',
    });
    expect(observe(later).deployments).toEqual([second, third]);

    const next = structuredClone(later);
    next.status.history.unshift(entry('9', '2026-02-20T19:00:00Z'));
    apply(next, '9');
    expect(observe(next).deployments).toEqual([
      second,
      third,
      expect.objectContaining({
        key: 'applied/sha256:9999/2026-02-20T18:00:00.000Z',
      }),
    ]);
  });

  it('are none when revisions come that render the same, applied or not', () => {
    const item = object('Kustomization', 'orders-prod');
    for (const digit of ['7', '8', '9']) {
      // Flux keeps the entry, and writes the revision into it.
      item.status.history[0].metadata.revision = `main@sha1:${commit(digit)}`;
      item.status.history[0].lastReconciled = `2026-02-20T1${digit}:00:00Z`;
      apply(item, digit);
      expect(observe(item)).toMatchObject({
        revision: commit(digit),
        deployments: [second, { ...third, revision: commit(digit) }],
      });
    }
    // Somebody's webhook refuses the same manifests at yet another revision.
    item.status.history.unshift({
      ...entry('6', '2026-02-21T08:00:00Z'),
      digest: 'sha256:cccc',
      lastReconciledStatus: 'ReconciliationFailed',
    });
    item.status.lastAttemptedRevision = `main@sha1:${commit('6')}`;
    setCondition(item, 'Ready', {
      status: 'False',
      reason: 'ReconciliationFailed',
    });
    expect(observe(item).deployments.map(({ key }) => key)).toEqual([
      second.key,
      third.key,
    ]);
  });

  it('are told by their manifests, also of one revision', () => {
    const item = object('Kustomization', 'orders-prod');
    item.status.history.unshift({
      ...entry('4', '2026-02-20T12:00:00Z'),
      metadata: { revision: `main@sha1:${commit('3')}` },
    });
    expect(observe(item).deployments.at(-1)).toEqual({
      key: 'applied/sha256:4444/2026-02-20T10:40:12.000Z',
      revision: commit('3'),
      changed: true,
      finishedAt: '2026-02-20T12:00:00.000Z',
      outcome: 'succeeded',
    });
    // Its new values break it: that is a deployment that failed, although Git stayed as it was.
    item.status.history[0].lastReconciledStatus = 'HealthCheckFailed';
    setCondition(item, 'Ready', {
      status: 'False',
      reason: 'HealthCheckFailed',
    });
    const [, , failed] = observe(item).deployments;
    expect(failed).toMatchObject({ outcome: 'failed', changed: true });
    // Commits that change nothing here try the same again.
    item.status.history[0].metadata.revision = `main@sha1:${commit('9')}`;
    item.status.lastAttemptedRevision = `main@sha1:${commit('9')}`;
    expect(observe(item).deployments.at(-1)?.key).toBe(failed.key);
  });

  it('have another key when a revision comes back, and none that is not clear any more', () => {
    // B -> C -> B: Flux moves the entry of B back to the front and counts on.
    const back = object('Kustomization', 'orders-prod');
    back.status.history[0].lastReconciled = '2026-02-20T18:00:00Z';
    back.status.history.reverse();
    back.status.history[0].lastReconciled = '2026-02-20T19:00:00Z';
    apply(back, '2');
    expect(observe(back).deployments).toEqual([
      {
        key: 'applied/sha256:bbbb/2026-02-20T18:00:00.000Z',
        revision: commit('2'),
        changed: true,
        finishedAt: '2026-02-20T19:00:00.000Z',
        outcome: 'succeeded',
      },
    ]);
  });

  it('tell an attempt that failed and was repaired while nobody looked', () => {
    const seen = object('Kustomization', 'orders-prod');
    seen.status.lastAttemptedRevision = `main@sha1:${commit('8')}`;
    seen.status.history.unshift({
      ...entry('8', '2026-02-20T12:00:00Z'),
      lastReconciledStatus: 'HealthCheckFailed',
    });
    setCondition(seen, 'Ready', {
      status: 'False',
      reason: 'HealthCheckFailed',
      lastTransitionTime: '2026-02-20T12:05:00Z',
    });
    const failed = observe(seen).deployments.at(-1);
    expect(failed).toMatchObject({ revision: commit('8'), outcome: 'failed' });

    const repaired = structuredClone(seen);
    repaired.status.history.unshift(entry('9', '2026-02-20T13:00:00Z'));
    apply(repaired, '9');
    setCondition(repaired, 'Ready', { status: 'True' });
    expect(
      observe(repaired).deployments.map(({ key, outcome }) => [key, outcome]),
    ).toEqual([
      [second.key, 'succeeded'],
      [third.key, 'succeeded'],
      [failed?.key, 'failed'],
      ['applied/sha256:9999/2026-02-20T10:40:12.000Z', 'succeeded'],
    ]);
  });

  it('say nothing of a failed attempt upon manifests that came back since', () => {
    const back = object('Kustomization', 'orders-prod');
    back.status.history = [
      {
        ...entry('2', '2026-02-21T08:00:00Z'),
        lastReconciled: '2026-02-25T08:00:00Z',
      },
      entry('4', '2026-02-23T08:00:00Z'),
      {
        ...entry('3', '2026-02-22T08:00:00Z'),
        lastReconciledStatus: 'HealthCheckFailed',
      },
      entry('1', '2026-02-20T08:00:00Z'),
    ];
    apply(back, '2');
    expect(observe(back).deployments.map(({ key }) => key)).toEqual([
      'applied/sha256:1111/2026-02-20T08:00:00.000Z',
      'applied/sha256:2222/2026-02-23T08:00:00.000Z',
    ]);
  });

  it('say nothing of an entry whose predecessor may have been dropped', () => {
    const full = object('Kustomization', 'orders-prod');
    full.status.history = ['9', '8', '7', '6', '5'].map((digit, index) =>
      entry(digit, `2026-02-2${5 - index}T08:00:00Z`),
    );
    apply(full, '9');
    expect(
      observe(full).deployments.map(({ revision }) => revision[0]),
    ).toEqual(['6', '7', '8', '9']);
  });

  it('record a failed attempt once, however often it is retried', () => {
    const failing = object('Kustomization', 'ledger-prod');
    const { deployments } = observe(failing);
    expect(deployments).toMatchObject([
      { revision: commit('4'), outcome: 'succeeded' },
      {
        revision: commit('5'),
        outcome: 'failed',
        finishedAt: '2026-02-21T07:05:00.000Z',
        message: expect.stringContaining('timeout waiting for'),
      },
    ]);

    const retried = structuredClone(failing);
    setCondition(retried, 'Ready', {
      lastTransitionTime: '2026-02-21T07:15:00Z',
    });
    expect(observe(retried).deployments.map(({ key }) => key)).toEqual(
      deployments.map(({ key }) => key),
    );

    const retrying = structuredClone(failing);
    setCondition(retrying, 'Ready', {
      status: 'Unknown',
      reason: 'Progressing',
    });
    setCondition(retrying, 'Reconciling', { reason: 'Progressing' });
    expect(observe(retrying).health).toBe('degraded');
  });

  it('are none when it waits for another object', () => {
    const waiting = object('Kustomization', 'ledger-prod');
    setCondition(waiting, 'Ready', {
      reason: 'DependencyNotReady',
      message: "dependency 'payments/orders-prod' revision is not up to date",
    });
    expect(observe(waiting)).toMatchObject({
      health: 'progressing',
      deployments: [{ outcome: 'succeeded' }],
    });
  });

  function entry(digit: string, at: string) {
    return {
      digest: `sha256:${digit.repeat(4)}`,
      firstReconciled: at,
      lastReconciled: at,
      lastReconciledStatus: 'ReconciliationSucceeded',
      totalReconciliations: 1,
      metadata: { revision: `main@sha1:${commit(digit)}` },
    };
  }

  function apply(item: ReturnType<typeof object>, digit: string) {
    item.status.lastAppliedRevision = `main@sha1:${commit(digit)}`;
    item.status.lastAttemptedRevision = `main@sha1:${commit(digit)}`;
  }
});
