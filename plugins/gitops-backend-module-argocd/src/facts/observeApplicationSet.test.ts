import type { FactObservation } from '@fairway/plugin-gitops-node';
import { readFixture, type LooseObject } from '../__testUtils__';
import { observeApplicationSet } from './observeApplicationSet';

function observe(object: LooseObject): FactObservation {
  return observeApplicationSet(object, {
    cluster: 'prod-eu',
    now: new Date('2026-02-22T09:00:00Z'),
  });
}

describe('observeApplicationSet', () => {
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
            sync: 'synced',
            step: 1,
            status: 'Healthy',
            message: expect.stringContaining('became Healthy'),
            since: '2026-02-22T08:00:00.000Z',
          },
          expect.objectContaining({
            name: 'orders-prod',
            health: 'progressing',
            sync: 'out-of-sync',
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
