import { object, observe, setCondition } from './__testUtils__/recordedObjects';

describe('HelmRelease', () => {
  it('observes a release, whose values are part of what runs', () => {
    expect(observe(object('HelmRelease', 'catalog'))).toMatchObject({
      sync: 'synced',
      health: 'healthy',
      policy: { automated: true, prune: true, selfHeal: true },
      source: {
        type: 'helm',
        chart: 'web-service',
        targetRevision: '1.x',
        ref: { kind: 'HelmRepository', namespace: 'discovery', name: 'charts' },
      },
      destination: { namespace: 'catalog' },
      revision: '1.2.0+bbbbbbbbbbbb',
      desiredRevision: '1.2.0+bbbbbbbbbbbb',
      chartVersion: '1.2.0',
      images: [
        'registry.example.com/discovery/catalog:2.3.1',
        'registry.example.com:5000/tools/exporter:0.9.0',
      ],
      deployments: [
        {
          key: 'release/1/2026-02-10T09:00:00.000Z',
          revision: '1.2.0+aaaaaaaaaaaa',
          version: '1.2.0',
        },
        {
          key: 'release/2/2026-02-20T11:00:00.000Z',
          revision: '1.2.0+bbbbbbbbbbbb',
          version: '1.2.0',
          images: expect.arrayContaining([
            'registry.example.com/discovery/catalog:2.3.1',
          ]),
        },
      ],
    });
  });

  it('observes a failed upgrade that was rolled back', () => {
    const observation = observe(object('HelmRelease', 'redis'));
    expect(observation).toMatchObject({
      sync: 'out-of-sync',
      syncMessage: expect.stringContaining('context deadline exceeded'),
      health: 'degraded',
      healthMessage: 'Failed to upgrade after 1 attempt(s)',
      policy: { selfHeal: false },
      source: { chart: 'redis', ref: { kind: 'OCIRepository' } },
      revision: '20.1.3+0a0b0c0d0e0f.cccccccccccc',
      desiredRevision: '20.1.4+1b2c3d4e5f60.dddddddddddd',
      chartVersion: '20.1.3',
      images: [],
    });
    expect(
      observation.deployments.map(({ key, outcome, version }) => [
        key,
        outcome,
        version,
      ]),
    ).toEqual([
      ['release/1/2026-02-01T08:00:00.000Z', 'succeeded', '20.1.3'],
      ['failed/2/2026-02-21T08:00:00.000Z', 'failed', '20.1.4'],
      ['release/3/2026-02-21T08:05:30.000Z', 'succeeded', '20.1.3'],
    ]);
    expect(observation.deployments[1].message).toContain('context deadline');
  });

  it('records an upgrade that failed before Helm stored it', () => {
    const item = object('HelmRelease', 'redis');
    item.status.history.splice(0, 2);
    item.status.history[0].status = 'deployed';
    expect(observe(item).deployments.at(-1)).toMatchObject({
      key: 'failed/20.1.4+1b2c3d4e5f60.dddddddddddd/after/1',
      outcome: 'failed',
      version: '20.1.4',
    });
  });

  it('is out of sync when it drifted, and knows what made it', () => {
    const item = object('HelmRelease', 'email-gateway');
    expect(observe(item)).toMatchObject({
      sync: 'out-of-sync',
      syncMessage: expect.stringContaining('has drifted'),
      health: 'healthy',
      policy: { selfHeal: false },
      chartVersion: '2.0.3',
      conditions: [{ type: 'DriftDetected' }],
      parent: {
        apiVersion: 'fluxcd.controlplane.io/v1',
        kind: 'ResourceSet',
        namespace: 'messaging',
        name: 'messaging',
      },
      dependsOn: [{ kind: 'HelmRelease', namespace: 'messaging' }],
      resources: [{ kind: 'Service' }, { kind: 'Deployment' }],
    });
    setCondition(item, 'Drifted', {
      status: 'False',
      reason: 'NoDriftDetected',
    });
    expect(observe(item)).toMatchObject({ sync: 'synced' });
  });

  it.each([
    ['sessions', 'degraded', /no 'sessions' chart/, 'out-of-sync'],
    [
      'newsletter',
      'progressing',
      /^Waits for HelmRelease messaging\/sessions: /,
      'out-of-sync',
    ],
    // One more attempt is no progress.
    ['queue', 'degraded', /context deadline exceeded/, 'out-of-sync'],
  ])('%s is %s', (name, health, message, sync) => {
    expect(observe(object('HelmRelease', name))).toMatchObject({
      health,
      healthMessage: expect.stringMatching(message),
      sync,
    });
  });

  it('waits for a source that has not been looked at yet', () => {
    const item = object('HelmRelease', 'sessions');
    setCondition(item, 'Ready', {
      message:
        "HelmChart 'messaging/messaging-sessions' is not ready: latest generation of object has not been reconciled",
    });
    expect(observe(item).health).toBe('progressing');
  });
});
