import type { FactObservation } from '@fairway/plugin-gitops-node';
import { readFixture } from '../__testUtils__';
import { ArgocdObserver } from '../ArgocdObserver';

const observer = new ArgocdObserver();

function observe(object: ReturnType<typeof readFixture>): FactObservation {
  const [fact] = observer.observe(object, {
    cluster: 'prod-eu',
    now: new Date('2026-02-22T09:00:00Z'),
  });
  return fact as FactObservation;
}

describe('ApplicationSets', () => {
  const read = (name: string) => readFixture('applicationsets.yaml', name);

  it('shows a progressive sync: its steps, the applications, and what it waits for', () => {
    expect(observe(read('orders-envs'))).toEqual({
      type: 'fact',
      kind: 'generator',
      ref: {
        cluster: 'prod-eu',
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'ApplicationSet',
        namespace: 'argocd',
        name: 'orders-envs',
      },
      labels: { team: 'payments' },
      title: 'ApplicationSet orders-envs: 3 applications',
      health: 'progressing',
      message:
        'ApplicationSet is performing rollout of step 2; step 2 waits until orders-prod is healthy',
      details: {
        engine: 'argocd',
        generators: ['matrix', 'git', 'list'],
        reads: ['https://git.example.com/payments/deploy.git'],
        applicationCount: 3,
        applicationsSync: 'create-update',
        rolloutSteps: 2,
        applications: [
          {
            namespace: 'argocd',
            name: 'orders-dev',
            health: 'healthy',
            step: 1,
            status: 'Healthy',
            message: expect.stringContaining('became Healthy'),
            since: '2026-02-22T08:00:00.000Z',
          },
          expect.objectContaining({
            name: 'orders-prod',
            health: 'progressing',
            step: 2,
            status: 'Progressing',
          }),
          {
            // In no step, and not among the resources.
            name: 'orders-scratch',
            status: 'Healthy',
            since: '2026-02-22T08:01:00.000Z',
          },
        ],
        conditions: expect.arrayContaining([
          {
            type: 'RolloutProgressing',
            status: 'True',
            reason: 'ApplicationSetModified',
            message: 'ApplicationSet is performing rollout of step 2',
            since: '2026-02-22T08:01:00.000Z',
          },
        ]),
      },
    });
  });

  it('says why previews cannot be made, and what to do', () => {
    const previews = observe(read('orders-previews'));
    expect(previews).toMatchObject({
      kind: 'preview',
      labels: { 'backstage.io/kubernetes-id': 'orders' },
      title: 'ApplicationSet orders-previews: 1 application',
      health: 'degraded',
      details: { generators: ['pullRequest'], reads: ['payments/orders'] },
    });
    expect(previews.message).toMatch(/401 Bad credentials.*credentials that/);
  });

  it.each([
    ['healthy', undefined, []],
    ['unknown', /controller runs/, [null]],
    [
      'degraded',
      /^no such key; correct its template/,
      [
        {
          type: 'ParametersGenerated',
          status: 'False',
          reason: 'RenderTemplateParamsError',
          message: 'no such key',
        },
      ],
    ],
    [
      'progressing',
      /^UpdateApplicationError; see what the cluster/,
      [
        {
          type: 'ResourcesUpToDate',
          status: 'False',
          reason: 'UpdateApplicationError',
        },
      ],
    ],
  ])('is %s by its conditions', (health, message, conditions) => {
    const addons = read('addons');
    if (conditions.length > 0) {
      addons.status.conditions = conditions;
    }
    const fact = observe(addons);
    expect(fact.health).toBe(health);
    expect(fact.message ?? '').toMatch(message ?? /^$/);
    expect(fact.details).toMatchObject({ preserveResourcesOnDeletion: true });
  });
});

describe('AppProjects', () => {
  const read = (name: string) => readFixture('appprojects.yaml', name);

  it('shows what a project allows, and when', () => {
    expect(observe(read('payments'))).toMatchObject({
      kind: 'project',
      title: 'Project payments',
      health: 'healthy',
      message: undefined,
      details: {
        engine: 'argocd',
        description: 'Payments team',
        destinations: [
          { server: 'https://kubernetes.default.svc', namespace: 'orders*' },
          { name: 'eu-west', namespace: '!kube-system' },
        ],
        sourceRepos: [
          'https://git.example.com/payments/*',
          'https://charts.example.com',
        ],
        sourceNamespaces: ['payments'],
        roles: 1,
        orphanedResources: { warn: true },
        syncWindows: [
          {
            kind: 'deny',
            schedule: '0 22 * * *',
            duration: '8h',
            timeZone: 'Europe/Paris',
            applications: ['*-prod'],
            namespaces: [],
            clusters: [],
            andOperator: false,
            manualSync: false,
            syncOverrun: false,
            description: 'Nightly batch',
          },
          {
            kind: 'allow',
            namespaces: ['checkout'],
            clusters: ['https://*'],
            andOperator: true,
            manualSync: true,
            syncOverrun: true,
          },
        ],
      },
    });
  });

  it('says that a window cannot be read, because nothing is synced then', () => {
    const project = observe(read('discovery'));
    expect(project.health).toBe('degraded');
    expect(project.message).toMatch(
      /allow window.*'0 25 \* \* \*'.*'25' is no hour.*correct the project/,
    );
    expect(project.details).not.toHaveProperty('orphanedResources');
  });
});

describe('Rollouts', () => {
  const read = (name: string) => readFixture('rollouts.yaml', name);

  it('shows a canary that waits for somebody', () => {
    expect(observe(read('orders'))).toMatchObject({
      kind: 'rollout',
      labels: { 'backstage.io/kubernetes-id': 'orders' },
      targetNamespace: 'orders',
      title: 'Canary orders: paused, step 5 of 7, 50 %',
      health: 'suspended',
      message: 'It waits for somebody to promote it (CanaryPauseStep)',
      details: {
        engine: 'argo-rollouts',
        strategy: 'canary',
        phase: 'Paused',
        currentStep: 4,
        weight: 50,
        steps: [
          { kind: 'weight', weight: 5, label: '5 %' },
          { kind: 'pause', duration: '5m', label: 'Pause 5m' },
          { kind: 'analysis', label: 'Analysis success-rate' },
          { kind: 'weight', weight: 50 },
          { kind: 'pause', label: 'Pause until promoted' },
          { kind: 'other', label: 'Scale' },
          { kind: 'weight', weight: 100 },
        ],
        paused: {
          reason: 'CanaryPauseStep',
          since: '2026-02-22T08:20:00.000Z',
        },
        analysis: [
          { name: 'orders-6f8d-4', phase: 'Running' },
          { name: 'orders-6f8d-4-2', phase: 'Successful' },
        ],
      },
    });
    expect(observe(read('orders'))).not.toHaveProperty('failure');
  });

  it('means a failure of the deployment when it was aborted', () => {
    expect(observe(read('checkout'))).toMatchObject({
      title: 'Canary checkout: aborted, 0 %',
      health: 'degraded',
      message: expect.stringMatching(
        /error-rate.*the old version has the traffic.*Revert the change in Git/,
      ),
      failure: {
        signal: 'rollout-aborted',
        reason: expect.stringContaining('RolloutAborted: Rollout aborted'),
        startedAt: '2026-02-22T08:10:05.000Z',
      },
      details: {
        aborted: true,
        failedChecks: 1,
        workload: { kind: 'Deployment', name: 'checkout' },
        steps: [{}, { duration: '30s' }, {}],
      },
    });
  });

  it('tells weights by replicas where no router has them, and all when it is promoted', () => {
    expect(observe(read('search'))).toMatchObject({
      title: 'Canary search: progressing, step 2 of 2, 33 %',
      health: 'progressing',
      message: 'more replicas need to be updated',
    });
    expect(observe(read('web'))).toMatchObject({
      title: 'Blue-green web: healthy, 100 %',
      health: 'healthy',
      details: {
        strategy: 'blue-green',
        weight: 100,
        analysis: [{ name: 'web-55d8-9-pre', phase: 'Successful' }],
      },
    });
    const preview = read('web');
    preview.status.blueGreen.activeSelector = '0ld';
    expect(observe(preview).details.weight).toBe(0);
    const scaled = read('orders');
    scaled.spec.strategy.canary.trafficRouting.maxTrafficWeight = 1000;
    expect(observe(scaled).details.weight).toBe(5);
  });

  it('says that it waits until a duration is over', () => {
    const rollout = read('orders');
    rollout.status.currentStepIndex = 1;
    expect(observe(rollout).message).toBe(
      'Paused for 5m, then it goes on by itself (CanaryPauseStep)',
    );
    rollout.status.pauseConditions[0].reason = 'InconclusiveAnalysisRun';
    expect(observe(rollout).message).toMatch(/inconclusive.*promote or abort/);
  });

  it.each([
    ['has not seen the last change', { observedGeneration: '6' }],
    ['was resumed a moment ago', { pauseConditions: undefined }],
  ])('is progressing while the controller %s', (_, status) => {
    const rollout = read('orders');
    Object.assign(rollout.status, status);
    expect(observe(rollout)).toMatchObject({
      health: 'progressing',
      details: { phase: 'Progressing' },
    });
  });

  it('shows what an analysis measured, for its rollout', () => {
    expect(observe(read('checkout-7d9b-2-2'))).toMatchObject({
      kind: 'rollout',
      ref: { kind: 'AnalysisRun' },
      title: 'Step analysis checkout-7d9b-2-2: failed',
      health: 'degraded',
      message:
        'Metric "error-rate" assessed Failed due to failed (2) > failureLimit (1)',
      targetNamespace: 'checkout',
      subject: {
        group: 'argoproj.io',
        kind: 'Rollout',
        namespace: 'checkout',
        name: 'checkout',
      },
      series: { name: 'checkout/Step', at: '2026-02-22T08:08:00.000Z' },
      details: {
        engine: 'argo-rollouts',
        rollout: 'checkout',
        purpose: 'Step',
        step: 2,
        phase: 'Failed',
        metrics: [
          {
            name: 'error-rate',
            phase: 'Failed',
            value: '[0.09]',
            count: 3,
            failed: 2,
          },
        ],
        startedAt: '2026-02-22T08:08:00.000Z',
        finishedAt: '2026-02-22T08:10:00.000Z',
      },
    });
    const running = read('checkout-7d9b-2-2');
    running.status = {
      phase: 'Inconclusive',
      metricResults: [{ name: 'latency', phase: 'Inconclusive' }],
    };
    expect(observe(running)).toMatchObject({
      health: 'unknown',
      message: 'Inconclusive: latency',
    });
  });
});
