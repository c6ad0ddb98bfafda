import type {
  ApplicationObservation,
  SourceObservation,
} from '@fairway/plugin-gitops-node';
import { describeObserverContract } from '@fairway/plugin-gitops-node/testUtils';
import { now, observer, readObjects } from './__testUtils__/recordedObjects';

const objects = readObjects('recorded/flux-2.9.yaml');

const told = (kind: string) =>
  objects
    .filter(object => object.kind === kind)
    .flatMap(object => observer.observe(object, { cluster: 'prod-eu', now }));

describe('objects that the controllers of Flux 2.9 wrote', () => {
  describeObserverContract({ observer, objects });

  it('are Kustomizations that run, wait, fail and are suspended', () => {
    const summary = (told('Kustomization') as ApplicationObservation[]).map(
      item => [item.ref.name, item.sync, item.health, item.deployments.length],
    );
    // Sync is that of the object alone; the recorder joins the revision of the source.
    expect(summary).toEqual([
      ['ledger-production', 'synced', 'healthy', 2],
      ['ledger-staging', 'unknown', 'suspended', 0],
      ['waits', 'unknown', 'progressing', 0],
      ['no-such-path', 'unknown', 'degraded', 0],
      ['no-source', 'unknown', 'degraded', 0],
      ['unhealthy', 'out-of-sync', 'degraded', 1],
    ]);
  });

  it('say why', () => {
    const [production, , waits, noPath, noSource, unhealthy] = told(
      'Kustomization',
    ) as ApplicationObservation[];
    expect(production.deployments.map(({ outcome }) => outcome)).toEqual([
      'succeeded',
      'succeeded',
    ]);
    expect(production.resources.map(({ kind }) => kind)).toEqual([
      ...['Namespace', 'ServiceAccount', 'Service', 'Deployment'],
    ]);
    expect(waits).toMatchObject({
      dependsOn: [{ kind: 'Kustomization', name: 'no-such-path' }],
      healthMessage: expect.stringContaining('payments/no-such-path'),
    });
    expect(noPath.healthMessage).toContain('kustomization path not found');
    expect(noSource.healthMessage).toContain('"nothing" not found');
    expect(unhealthy).toMatchObject({
      healthMessage: expect.stringContaining('Deployment/payments/sick'),
      deployments: [{ outcome: 'failed' }],
    });
  });

  it('are sources that are ready, or say why not', () => {
    const sources = [
      ...['GitRepository', 'HelmRepository', 'HelmChart', 'Bucket'],
      'OCIRepository',
    ].flatMap(kind => told(kind) as SourceObservation[]);
    expect(
      sources.map(({ ref, ready, revision }) => [ref.name, ready, revision]),
    ).toEqual([
      ['ledger', true, '61869279c2e0752e59acf19ed17e50bfc40315ff'],
      ['unreachable', false, undefined],
      ['suspended', false, undefined],
      ['charts', true, undefined],
      ['no-index', false, undefined],
      ['payments-orders', true, '1.2.3'],
      ['payments-missing', false, undefined],
      ['bucket', false, undefined],
      ['oci', false, undefined],
    ]);
    for (const { ready, message } of sources) {
      expect(Boolean(message)).toBe(!ready);
    }
  });
});
