import type {
  GeneratorDetails,
  RolloutDetails,
} from '@fairway/plugin-gitops-common';
import type {
  ApplicationObservation,
  FactObservation,
} from '@fairway/plugin-gitops-node';
import { describeObserverContract } from '@fairway/plugin-gitops-node/testUtils';
import { now, observer, readObjects } from './__testUtils__/recordedObjects';

const HELM = 'recorded/helm-controller-1.6.3.yaml';
const OPERATOR = 'recorded/flux-operator-0.58.1.yaml';
const FLAGGER = 'recorded/flagger-1.44.0.yaml';

function told<T>(file: string): T[] {
  return readObjects(file).flatMap(
    object => observer.observe(object, { cluster: 'prod-eu', now }) as T[],
  );
}

describe.each([HELM, OPERATOR, FLAGGER])('objects of %s', file => {
  describeObserverContract({ observer, objects: readObjects(file) });
});

describe('HelmReleases of Flux 2.9', () => {
  const releases = told<ApplicationObservation>(HELM);
  const release = (name: string) =>
    releases.find(({ ref }) => ref.name === name)!;

  it('run, fail, wait and drift', () => {
    expect(
      releases.map(({ ref, sync, health, operation, deployments }) => [
        ...[ref.name, sync, health, operation?.phase],
        deployments.map(({ outcome }) => outcome).join(' '),
      ]),
    ).toEqual([
      ['ledger', 'synced', 'healthy', 'succeeded', 'succeeded succeeded'],
      [
        ...['orders', 'out-of-sync', 'degraded', 'failed'],
        'succeeded failed succeeded',
      ],
      ['search', 'out-of-sync', 'degraded', 'failed', 'failed'],
      ['gateway', 'out-of-sync', 'progressing', 'running', ''],
      ['reports', 'out-of-sync', 'progressing', 'running', ''],
      ['billing', 'out-of-sync', 'progressing', 'running', 'succeeded'],
      ['ads', 'out-of-sync', 'healthy', 'succeeded', 'succeeded'],
    ]);
  });

  it('say which chart runs with which values, and what they made', () => {
    expect(release('ledger')).toMatchObject({
      revision: '1.5.0+4f6a1b2c3d4e (values 0f1e2d3)',
      chartVersion: '1.5.0',
      policy: { automated: true, prune: true, selfHeal: true },
      sourceRef: { kind: 'OCIRepository', name: 'ledger-chart' },
      images: ['registry.example.com/payments/ledger:1.4.2'],
      resources: [
        { group: '', kind: 'Service', name: 'ledger' },
        { group: 'apps', kind: 'Deployment', name: 'ledger' },
      ],
      conditions: [],
    });
    expect(release('billing')).toMatchObject({
      revision: '3.0.0 (values cee9905)',
      desiredRevision: '3.1.0 (values cee9905)',
      source: { chart: 'billing', targetRevision: '3.x' },
    });
  });

  it('say why, each reason once', () => {
    const orders = release('orders');
    expect(orders.healthMessage).toBe('Failed to upgrade after 2 attempt(s)');
    expect(orders.conditions.map(({ type }) => type)).toEqual([
      ...['RetriesExceeded', 'RollbackSucceeded', 'UpgradeFailed'],
    ]);
    expect(orders.deployments[1]).toMatchObject({
      version: '2.1.0',
      message: expect.stringContaining('context deadline exceeded'),
    });
    // Helm stored no release of an install that failed so early.
    expect(release('search').deployments[0].key).toBe(
      'failed/0.3.1 (values 0f1e2d3)/after/0',
    );
    expect(release('search').conditions).toHaveLength(1);
    expect(release('reports')).toMatchObject({
      dependsOn: [{ kind: 'HelmRelease', name: 'search' }],
      healthMessage:
        "Waits for HelmRelease payments/search: dependency 'payments/search' is not ready",
    });
    expect(release('ads').syncMessage).toContain('has drifted');
  });
});

describe('the Flux Operator 0.58', () => {
  const facts = told<FactObservation>(OPERATOR);

  it('made previews, or says why not', () => {
    expect(
      facts.map(({ ref, kind, health, title }) => [
        ...[ref.name, kind, health, title],
      ]),
    ).toEqual([
      [
        ...['orders-previews', 'generator', 'healthy'],
        'ResourceSet with 2 applications among 4 objects',
      ],
      ['broken-template', 'generator', 'degraded', expect.any(String)],
      ['no-rights', 'generator', 'degraded', expect.any(String)],
      ['waits', 'generator', 'progressing', expect.any(String)],
      ['switched-off', 'generator', 'suspended', expect.any(String)],
      [
        ...['orders-prs', 'preview', 'healthy'],
        '2 open pull requests from https://github.com/payments/orders',
      ],
      ['search-prs', 'preview', 'degraded', expect.any(String)],
      ['nightly', 'generator', 'healthy', '0 inputs from Static'],
    ]);
    const [, broken, forbidden, waits, , , search] = facts;
    expect(broken.message).toContain('map has no entry for key "team"');
    expect(forbidden.message).toContain('is forbidden');
    expect(waits.message).toContain('ResourceSet/previews/no-rights');
    expect(search.message).toContain('401 Unauthorized');
  });

  it('tells what it made of which inputs', () => {
    const details = facts[0].details as unknown as GeneratorDetails;
    expect(details).toMatchObject({
      inputProviders: ['orders-prs'],
      applications: [
        { kind: 'Kustomization', name: 'orders-pr-42' },
        { kind: 'Kustomization', name: 'orders-pr-57' },
      ],
      resourceCount: 4,
    });
    expect(facts[5].details.pullRequests).toEqual([
      {
        ...{ id: '57', title: 'Refunds in two steps', author: 'grace' },
        branch: 'refunds',
        sha: '7b1c0a9d8e7f60718293a4b5c6d7e8f90a1b2c3d',
      },
      expect.objectContaining({ id: '42', author: 'ada' }),
    ]);
    expect(facts[7].details.nextRunAt).toBe('2026-11-23T01:00:00.000Z');
  });
});

it('Flagger 1.44: a canary goes through its phases, and is given up', () => {
  const canaries = told<FactObservation>(FLAGGER);
  expect(
    canaries.map(({ health, details }) => {
      const { phase, currentStep, weight, failedChecks, aborted } =
        details as unknown as RolloutDetails;
      return [phase, health, currentStep, weight, failedChecks, aborted];
    }),
  ).toEqual([
    [...['Initializing', 'progressing'], ...Array(4).fill(undefined)],
    ['Initialized', 'healthy', 5, undefined, undefined, undefined],
    ['Progressing', 'progressing', 1, 50, 1, undefined],
    // Flagger writes -1 iterations here, where there are none.
    ['WaitingPromotion', 'suspended', 3, undefined, 1, undefined],
    ['Promoting', 'progressing', 4, 100, 1, undefined],
    ['Finalising', 'progressing', 4, undefined, 1, undefined],
    ['Succeeded', 'healthy', 5, undefined, undefined, undefined],
    ['Failed', 'degraded', undefined, 0, undefined, true],
    ['Failed', 'degraded', undefined, 100, undefined, false],
  ]);
  expect(canaries.map(({ failure }) => failure?.reason)).toEqual([
    ...Array(7).fill(undefined),
    'Canary analysis failed, Deployment scaled to zero.',
    expect.stringContaining('the primary was not ready'),
  ]);
});
