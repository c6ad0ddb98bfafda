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
      sourceRef: {
        kind: 'HelmChart',
        namespace: 'discovery',
        name: 'discovery-catalog',
      },
      sourceRevision: '1.2.0',
      destination: { namespace: 'catalog' },
      revision: '1.2.0 (values bbbbbbb)',
      desiredRevision: '1.2.0 (values bbbbbbb)',
      chartVersion: '1.2.0',
      images: [
        'registry.example.com/discovery/catalog:2.3.1',
        'registry.example.com:5000/tools/exporter:0.9.0',
      ],
      deployments: [
        {
          key: 'release/1/2026-02-10T09:00:00.000Z',
          revision: '1.2.0 (values aaaaaaa)',
          version: '1.2.0',
        },
        {
          key: 'release/2/2026-02-20T11:00:00.000Z',
          revision: '1.2.0 (values bbbbbbb)',
          // Values are a part of what runs.
          changed: true,
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
      sourceRef: { kind: 'OCIRepository', name: 'redis-chart' },
      sourceRevision: expect.stringMatching(/^sha256:1b2c3d4e5f60/),
      revision: '20.1.3+0a0b0c0d0e0f (values ccccccc)',
      desiredRevision: '20.1.4+1b2c3d4e5f60 (values ddddddd)',
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
      key: 'failed/20.1.4+1b2c3d4e5f60 (values ddddddd)/after/1',
      outcome: 'failed',
      version: '20.1.4',
    });
  });

  it('records an install that failed and was taken away again, once', () => {
    const item = object('HelmRelease', 'redis');
    const installed = item.status.history[2];
    const failed = {
      ...installed,
      status: 'failed',
      chartVersion: '20.1.4+1b2c3d4e5f60',
      configDigest: 'sha256:dddddddddddd0000',
    };
    item.status.history = [failed];
    for (const type of ['Ready', 'Released']) {
      setCondition(item, type, {
        reason: 'InstallFailed',
        message: 'Helm install failed: context deadline exceeded',
      });
    }
    const seen = observe(item).deployments;
    expect(seen).toMatchObject([{ outcome: 'failed', version: '20.1.4' }]);

    item.status.history = [
      {
        ...failed,
        status: 'uninstalled',
        action: 'uninstall-remediation',
        deleted: '2026-02-01T08:06:00Z',
      },
    ];
    const remediated = {
      status: 'True',
      reason: 'UninstallSucceeded',
      message: 'Helm uninstall remediation succeeded',
    };
    setCondition(item, 'Remediated', remediated);
    setCondition(item, 'Ready', { ...remediated, status: 'False' });
    const observation = observe(item);
    expect(observation.deployments).toEqual(seen);
    expect(observation).toMatchObject({
      sync: 'out-of-sync',
      revision: undefined,
      deployments: [{ message: expect.stringContaining('deadline exceeded') }],
    });

    // Taken away with it is what ran before.
    item.status.history.push({ ...installed, status: 'deployed', version: 0 });
    expect(observe(item).revision).toBeUndefined();
    // Helm stored nothing: the words are those of the release all the same.
    item.status.history = [];
    expect(observe(item).deployments).toMatchObject([
      {
        key: 'failed/20.1.4+1b2c3d4e5f60 (values ddddddd)/after/0',
        message: 'Helm install failed: context deadline exceeded',
      },
    ]);
  });

  it('knows the commit that a chart is packaged from, and no other ending', () => {
    const item = object('HelmRelease', 'email-gateway');
    item.spec.chart.spec = {
      chart: './deploy/chart/',
      reconcileStrategy: 'Revision',
      sourceRef: { kind: 'GitRepository', name: 'email-gateway' },
    };
    const [newest, oldest] = item.status.history;
    oldest.chartVersion = '2.0.3+1111111111aa.2';
    newest.chartVersion = '2.0.3+2222222222bb.2';
    item.status.lastAttemptedRevision = newest.chartVersion;
    const observation = observe(item);
    expect(observation).toMatchObject({
      source: { path: 'deploy/chart', ref: { kind: 'GitRepository' } },
      sourceRef: { kind: 'HelmChart', name: 'messaging-email-gateway' },
      sourceRevision: '2.0.3+2222222222bb.2',
      revision: '2.0.3+2222222222bb.2 (values 1212121)',
      originRevision: '2222222222bb',
      chartVersion: '2.0.3',
      deployments: [
        { originRevision: '1111111111aa' },
        { originRevision: '2222222222bb', version: '2.0.3' },
      ],
    });
    // Another commit alone may touch the chart or not; Git knows.
    expect(observation.deployments[1].changed).toBeUndefined();
    newest.chartVersion = '2.0.3+2222222222bb.3';
    expect(observe(item).deployments[1].changed).toBe(true);

    item.spec.chart.spec.sourceRef.kind = 'Bucket';
    expect(observe(item).originRevision).toBeUndefined();
    expect(observe(object('HelmRelease', 'redis'))).toMatchObject({
      originRevision: undefined,
      deployments: [{}, { changed: true }, { changed: true }],
    });
  });

  it('finds the chart that it names, and the one that is about to be made', () => {
    const item = object('HelmRelease', 'email-gateway');
    delete item.status.helmChart;
    item.spec.chart.spec.sourceRef.namespace = 'sources';
    expect(observe(item).sourceRef).toMatchObject({
      kind: 'HelmChart',
      namespace: 'sources',
      name: 'messaging-email-gateway',
    });
    delete item.spec.chart;
    item.spec.chartRef = { kind: 'HelmChart', name: 'gateway' };
    item.spec.kubeConfig = { secretRef: { name: 'edge-kubeconfig' } };
    expect(observe(item)).toMatchObject({
      source: { chart: 'email-gateway', ref: { name: 'gateway' } },
      sourceRef: { kind: 'HelmChart', namespace: 'messaging', name: 'gateway' },
      sourceRevision: '2.0.3',
      destination: { namespace: 'messaging', server: 'edge' },
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
