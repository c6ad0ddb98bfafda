import {
  object,
  observeFact,
  setCondition,
} from './__testUtils__/recordedObjects';

describe('ResourceSet', () => {
  it('tells what it made, and none of its inputs', () => {
    const fact = observeFact(object('ResourceSet', 'orders-previews'));
    expect(fact).toMatchObject({
      type: 'fact',
      kind: 'generator',
      labels: { 'backstage.io/kubernetes-id': 'orders' },
      title: 'ResourceSet with 2 applications among 4 objects',
      health: 'healthy',
      message: undefined,
      details: {
        engine: 'flux',
        generators: ['inputs', 'inputsFrom'],
        inputProviders: ['orders-prs', 'team=payments'],
        applications: [
          { kind: 'Kustomization', namespace: 'previews', name: 'orders-main' },
          {
            kind: 'Kustomization',
            namespace: 'previews',
            name: 'orders-pr-17',
          },
        ],
        applicationCount: 2,
        resourceCount: 4,
        inputCount: 2,
        revision: expect.stringMatching(/^sha256:43ad/),
        history: [
          {
            digest: expect.stringMatching(/^sha256:43ad/),
            status: 'ReconciliationSucceeded',
            firstAt: '2026-02-22T07:00:00.000Z',
            lastAt: '2026-02-22T08:00:02.000Z',
            count: 5,
            inputCount: 2,
            resourceCount: 4,
          },
        ],
      },
    });
    expect(JSON.stringify(fact)).not.toContain('never-to-be-seen');
  });

  it('tells what it waits for, and in which steps it goes on', () => {
    const set = object('ResourceSet', 'orders-previews');
    set.spec.inputStrategy = { name: 'Permute' };
    set.spec.steps = [{ name: 'database' }, { name: 'service' }];
    set.spec.dependsOn = [
      {
        ...{ apiVersion: 'fluxcd.controlplane.io/v1', kind: 'ResourceSet' },
        ...{ namespace: 'infra', name: 'policies', ready: true },
      },
    ];
    setCondition(set, 'Ready', {
      status: 'False',
      reason: 'DependencyNotReady',
      message:
        'dependency fluxcd.controlplane.io/v1/ResourceSet/infra/policies not ready',
    });
    expect(observeFact(set)).toMatchObject({
      health: 'progressing',
      message: expect.stringContaining('infra/policies not ready'),
      details: {
        inputStrategy: 'Permute',
        steps: ['database', 'service'],
        dependsOn: [
          {
            kind: 'ResourceSet',
            namespace: 'infra',
            name: 'policies',
            ready: true,
          },
        ],
      },
    });
  });

  it('says why it cannot make anything, and that it is stopped', () => {
    expect(observeFact(object('ResourceSet', 'messaging'))).toMatchObject({
      health: 'degraded',
      message: expect.stringContaining('missing value for range'),
      details: {
        applicationCount: 1,
        conditions: [{}, { type: 'Stalled' }],
        dependsOn: [{ kind: 'CustomResourceDefinition', ready: false }],
        inputCount: undefined,
        history: [{ status: 'BuildFailed' }],
      },
    });
    expect(observeFact(object('ResourceSet', 'tenants'))).toMatchObject({
      health: 'suspended',
      message: expect.stringContaining('fluxcd.controlplane.io/reconcile'),
    });
  });
});

describe('ResourceSetInputProvider', () => {
  it('lists the pull requests that previews are made for, and nothing else of them', () => {
    const fact = observeFact(object('ResourceSetInputProvider', 'orders-prs'));
    expect(fact).toMatchObject({
      kind: 'preview',
      title: '2 open pull requests from https://github.com/payments/orders',
      health: 'healthy',
    });
    expect(fact.details).toEqual({
      engine: 'flux',
      provider: 'GitHubPullRequest',
      url: 'https://github.com/payments/orders',
      labels: ['preview'],
      skipLabels: ['!build/passed'],
      inputs: 2,
      pullRequests: [
        {
          id: '17',
          title: 'feat: Refunds in parts',
          author: 'ada',
          branch: 'feat/refunds',
          sha: 'bf5d6e01cf802734853f6f3417b237e3ad0ba35d',
        },
        {
          id: '12',
          title: 'fix: Round to the cent',
          author: 'grace',
          branch: 'fix/rounding',
          sha: '8492c0b5b2094fe720776c8ace1b9690ff258f53',
        },
      ],
      nextRunAt: '2026-02-23T05:00:00.000Z',
    });
  });

  it('says when the forge refuses it, without the credentials in its address', () => {
    expect(
      observeFact(object('ResourceSetInputProvider', 'ledger-mrs')),
    ).toMatchObject({
      kind: 'preview',
      health: 'degraded',
      message: expect.stringContaining('401 Unauthorized'),
      details: {
        url: 'https://gitlab.example.com/payments/ledger',
        pullRequests: [],
      },
    });
  });

  it('is a generator when its inputs are no pull requests', () => {
    const fact = observeFact(object('ResourceSetInputProvider', 'regions'));
    expect(fact).toMatchObject({ kind: 'generator', details: { inputs: 1 } });
    expect(JSON.stringify(fact)).not.toContain('never-to-be-seen');
  });
});

describe('Canary', () => {
  it('shows how far a canary is', () => {
    const fact = observeFact(object('Canary', 'storefront'));
    expect(fact).toMatchObject({
      kind: 'rollout',
      title: 'Canary of storefront at 20 %',
      health: 'progressing',
      targetNamespace: 'shop',
      subject: {
        group: 'apps',
        kind: 'Deployment',
        namespace: 'shop',
        name: 'storefront',
      },
    });
    expect(fact.failure).toBeUndefined();
    expect(JSON.stringify(fact)).not.toContain('never-to-be-seen');
    expect(fact.details).toEqual({
      engine: 'flagger',
      strategy: 'canary',
      phase: 'Progressing',
      steps: [
        { kind: 'pause', label: 'Approval of the rollout' },
        { kind: 'weight', weight: 5, label: '5 %' },
        { kind: 'weight', weight: 20, label: '20 %' },
        { kind: 'weight', weight: 50, label: '50 %' },
        { kind: 'pause', label: 'Approval of the promotion' },
        { kind: 'other', label: 'Promotion' },
      ],
      currentStep: 2,
      weight: 20,
      maxWeight: 50,
      analysis: [
        {
          name: 'Canary analysis',
          phase: 'Running',
          message: 'New revision detected, progressing canary analysis.',
          metrics: [
            { name: 'request-success-rate', phase: 'Running' },
            { name: 'request-duration', phase: 'Running' },
          ],
        },
      ],
      failedChecks: 1,
      threshold: 5,
      workload: { kind: 'Deployment', name: 'storefront' },
    });
  });

  it('waits for somebody', () => {
    const fact = observeFact(object('Canary', 'cart'));
    expect(fact).toMatchObject({
      health: 'suspended',
      message: 'The promotion waits for approval',
      details: {
        currentStep: 4,
        paused: { since: '2026-02-22T08:50:00.000Z' },
        maxWeight: 60,
      },
    });
    expect(fact.details.weight).toBeUndefined();
  });

  it('was given up: the failure of the deployment that brought it', () => {
    const fact = observeFact(object('Canary', 'checkout'));
    expect(fact).toMatchObject({
      health: 'degraded',
      message: expect.stringContaining('Canary analysis failed'),
      failure: {
        signal: 'rollout-aborted',
        reason: 'Canary analysis failed, Deployment scaled to zero.',
        startedAt: '2026-02-22T08:50:00.000Z',
      },
      details: { aborted: true, analysis: [{ phase: 'Failed' }] },
    });
    // Flagger counts from 0 again when it gave up.
    expect(fact.details.failedChecks).toBeUndefined();
    // It writes the time again and again while the outcome stays the same.
    const again = object('Canary', 'checkout');
    again.status.lastTransitionTime = '2026-02-22T09:59:00Z';
    expect(observeFact(again)).toEqual(fact);

    expect(observeFact(object('Canary', 'prices'))).toMatchObject({
      health: 'degraded',
      failure: { reason: expect.stringContaining('new version') },
      details: { aborted: false, weight: 100 },
    });
  });

  it('is promoted', () => {
    expect(observeFact(object('Canary', 'reviews'))).toMatchObject({
      title: 'Canary of reviews: Succeeded',
      health: 'healthy',
      details: {
        steps: { length: 6 },
        currentStep: 6,
        analysis: [{ phase: 'Successful' }],
      },
    });
  });

  it('is checked before it gets any traffic, or that of some users', () => {
    expect(observeFact(object('Canary', 'accounts'))).toMatchObject({
      title: 'Canary of accounts: Progressing',
      details: {
        strategy: 'blue-green',
        steps: { length: 11, 0: { kind: 'analysis', label: 'Check 1 of 10' } },
        currentStep: 2,
      },
    });
    expect(observeFact(object('Canary', 'wishlist'))).toMatchObject({
      health: 'suspended',
      details: {
        strategy: 'ab',
        paused: { reason: expect.stringContaining('suspend') },
      },
    });
  });

  it('says that nobody looks at it', () => {
    const fresh = object('Canary', 'reviews');
    delete fresh.status;
    expect(observeFact(fresh)).toMatchObject({
      health: 'unknown',
      message: expect.stringContaining('whether it runs'),
    });
  });
});
