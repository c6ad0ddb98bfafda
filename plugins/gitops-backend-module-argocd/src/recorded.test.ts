import type { RolloutDetails } from '@fairway/plugin-gitops-common';
import type {
  ApplicationObservation,
  FactObservation,
} from '@fairway/plugin-gitops-node';
import { describeObserverContract } from '@fairway/plugin-gitops-node/testUtils';
import { readFixtures, type LooseObject } from './__testUtils__';
import { ArgocdObserver } from './ArgocdObserver';

const observer = new ArgocdObserver();
const context = { cluster: 'prod-eu', now: new Date('2026-11-22T05:00:00Z') };
const ARGOCD = 'recorded/argocd-3.5.1.yaml';
const ROLLOUTS = 'recorded/rollouts-1.9.1.yaml';

function facts(file: string, kind: string): FactObservation[] {
  return readFixtures(file)
    .filter(object => object.kind === kind)
    .flatMap(object => observer.observe(object, context) as FactObservation[]);
}

/** What an Application says of itself, in the words of Argo CD. */
function said({ status }: LooseObject) {
  return {
    sync: status.sync?.status,
    health: status.health?.status,
    history: (status.history ?? []).map(
      (entry: LooseObject) => entry.revision ?? entry.revisions[0],
    ),
    images: [...(status.summary?.images ?? [])].sort(),
  };
}

/** One of each form: the kit breaks every field of every object. */
const FORMS = [
  ...['multi', 'sync-failed', 'generated-one', 'broken', 'payments'],
  ...['orders', 'ledger', 'orders-cbc948896-3-2'],
];

for (const file of [ARGOCD, ROLLOUTS]) {
  describe(`objects of ${file}`, () => {
    const objects = FORMS.flatMap(
      name =>
        readFixtures(file).findLast(({ metadata }) => metadata.name === name) ??
        [],
    );
    describeObserverContract({ observer, objects });
  });
}

describe('recorded Applications', () => {
  const words = {
    Synced: 'synced',
    OutOfSync: 'out-of-sync',
    Unknown: 'unknown',
  } as Record<string, string>;

  it.each(
    readFixtures(ARGOCD)
      .filter(({ kind }) => kind === 'Application')
      .map(object => [object.metadata.name, object] as const),
  )('%s is told as Argo CD tells it', (_, object) => {
    const [told] = observer.observe(object, context);
    const { sync, health, images, deployments } =
      told as ApplicationObservation;
    const expected = said(object);
    expect({ sync, health, images }).toEqual({
      sync: words[expected.sync],
      health: expected.health?.toLowerCase(),
      images: expected.images,
    });
    expect(
      deployments
        .filter(({ outcome }) => outcome === 'succeeded')
        .map(({ revision }) => revision),
    ).toEqual(expected.history);
  });

  const told = (name: string) => {
    const object = readFixtures(ARGOCD).find(
      item => item.kind === 'Application' && item.metadata.name === name,
    )!;
    return observer.observe(object, context)[0] as ApplicationObservation;
  };

  it('says why, who made it, and what it is made of', () => {
    expect(told('multi').sources).toHaveLength(3);
    expect(told('generated-one').parent).toMatchObject({
      kind: 'ApplicationSet',
      name: 'orders-envs',
    });
    expect(told('child').parent).toMatchObject({
      kind: 'Application',
      name: 'parent',
    });
    expect(told('anywhere').ref.namespace).toBe('payments');
    expect(told('orders-staging').policy.automated).toBe(false);
    expect(told('no-such-path').syncMessage).toContain(
      'app path does not exist',
    );
    expect(told('invalid-spec').syncMessage).toContain('project nobody');
    expect(told('degraded')).toMatchObject({
      health: 'degraded',
      // Argo CD 3 keeps the health of the objects to itself, and Fairway says so.
      healthMessage: expect.stringContaining('resource.health.persist'),
    });
    const failed = told('sync-failed');
    expect(failed.operation).toMatchObject({ phase: 'failed', retryCount: 1 });
    expect(failed.deployments).toMatchObject([{ outcome: 'failed' }]);
    expect(failed.resources).toContainEqual(
      expect.objectContaining({
        kind: 'Nothing',
        message: expect.stringContaining('CRD is installed'),
      }),
    );
    // A hook is part of a sync, not of what runs.
    expect(told('hooked').resources.map(({ kind }) => kind)).toEqual([
      'ConfigMap',
    ]);
  });

  it('tells generators and projects', () => {
    const [broken, working] = facts(ARGOCD, 'ApplicationSet');
    expect(broken).toMatchObject({
      health: 'degraded',
      message: expect.stringContaining('no entry for key "nothing"'),
    });
    expect(working).toMatchObject({
      health: 'healthy',
      details: { applicationCount: 2 },
    });
    const [, payments] = facts(ARGOCD, 'AppProject');
    expect(payments.details).toMatchObject({
      syncWindows: [{ kind: 'deny', timeZone: 'Europe/Paris' }],
    });
  });
});

describe('recorded Rollouts', () => {
  it('go through their steps, and stop where the analysis says so', () => {
    const rollouts = facts(ROLLOUTS, 'Rollout');
    const told = rollouts.map(({ health, details }) => {
      const { currentStep, weight, paused, aborted } =
        details as unknown as RolloutDetails;
      return [health, currentStep, weight, paused?.reason, aborted ?? false];
    });
    expect(told).toEqual([
      ['healthy', 6, 100, undefined, false],
      ['suspended', 1, 25, 'CanaryPauseStep', false],
      ['progressing', 2, 25, undefined, false],
      ['suspended', 4, 50, 'CanaryPauseStep', false],
      ['degraded', 0, 0, undefined, true],
      ['healthy', undefined, 100, undefined, false],
      ['suspended', undefined, 0, 'BlueGreenPause', false],
    ]);
    expect(rollouts.map(({ failure }) => failure?.signal)).toEqual([
      ...Array(4),
      'rollout-aborted',
      ...Array(2),
    ]);
    expect(rollouts[2].details.analysis).toMatchObject([{ phase: 'Running' }]);
  });

  it('have analysis runs with their measurements', () => {
    expect(
      facts(ROLLOUTS, 'AnalysisRun').map(({ health, details }) => [
        health,
        details.metrics,
      ]),
    ).toMatchObject([
      ['progressing', [{ name: 'success-rate', count: 2 }]],
      ['healthy', [{ name: 'success-rate', count: 3 }]],
      ['degraded', [{ name: 'success-rate', value: '0.5', failed: 1 }]],
    ]);
  });
});
