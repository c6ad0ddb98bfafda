import { rm } from 'node:fs/promises';
import path from 'node:path';
import { catalogueTree } from '../__testUtils__/catalogueTree';
import { delivered } from '../__testUtils__/delivered';
import { writeFiles } from '../__testUtils__/writeFiles';
import type { ManifestTree } from '../edit';
import { validateFolder } from '../kustomize';

// Each overlay is a process; a busy machine takes its time.
jest.setTimeout(300_000);

const ANALYSIS = {
  analysis: { prometheus: 'http://prometheus.monitoring:9090', latency: 400 },
};

describe('overlays that are delivered progressively', () => {
  const roots: string[] = [];
  afterAll(() => Promise.all(roots.map(root => rm(root, { recursive: true }))));

  /** Objects of overlays, built by kustomize, by kind and name. */
  const build = async (tree: ManifestTree, ...overlays: string[]) => {
    const isLookedAt = ([file]: [string, string]) =>
      overlays.includes(file.split('overlays/')[1]?.split('/')[0]) ||
      !file.includes('overlays/');
    const root = await writeFiles(
      [...tree]
        .filter(isLookedAt)
        .map(([file, content]) => ({ path: file, content })),
    );
    roots.push(root);
    const built = await validateFolder(path.join(root, 'deploy'));
    return Object.fromEntries(
      built.map(({ name, objects }) => [
        name,
        Object.fromEntries(
          objects.map(object => [
            `${object.kind}/${object.metadata?.name}`,
            object,
          ]),
        ) as Record<string, any>,
      ]),
    );
  };

  it('lets images, replicas and patches of overlays apply, and others be as they were', async () => {
    const all = ['dev', 'staging', 'production'];
    const before = await build(catalogueTree(), ...all);
    const prepared = delivered(catalogueTree());
    const beside = await build(prepared, ...all);
    const after = await build(delivered(prepared, { phase: 'switch' }), ...all);

    for (const built of [beside, after]) {
      expect(built.dev).toEqual(before.dev);
    }
    const rolloutOf = (built: any) => built['Rollout/catalogue-rollout'];
    const deploymentOf = (built: any) => built['Deployment/catalogue'];
    expect(rolloutOf(beside.staging).spec.replicas).toBe(2);
    expect(rolloutOf(beside.production).spec.replicas).toBe(6);
    expect(deploymentOf(beside.staging)).toEqual(deploymentOf(before.staging));
    expect(deploymentOf(beside.production)).toEqual(
      deploymentOf(before.production),
    );
    expect(rolloutOf(after.staging).spec.replicas).toBe(2);
    expect(rolloutOf(after.production).spec.replicas).toBe(6);
    expect(deploymentOf(after.staging).spec.replicas).toBe(0);
    expect(deploymentOf(after.production).spec.replicas).toBe(0);
    expect(deploymentOf(after.staging).spec.template).toEqual(
      deploymentOf(before.staging).spec.template,
    );
    expect(
      deploymentOf(after.staging).spec.template.spec.containers[0],
    ).toMatchObject({
      image: 'registry.example.com/shop/catalogue:1.4.2',
      env: [
        { name: 'ENVIRONMENT', value: 'staging' },
        { name: 'PORT', value: '8080' },
      ],
    });
    expect(rolloutOf(after.staging)).toMatchObject({
      metadata: {
        namespace: 'catalogue-staging',
        labels: { 'backstage.io/kubernetes-id': 'catalogue', team: 'shop' },
      },
      spec: {
        workloadRef: { kind: 'Deployment', name: 'catalogue' },
        strategy: {
          canary: {
            steps: [
              { setWeight: 5 },
              { pause: { duration: '5m' } },
              { setWeight: 50 },
              { pause: { duration: '10m' } },
              { setWeight: 100 },
            ],
          },
        },
      },
    });
    // Services keep all pods: a ratio of pods is what shifts the traffic.
    expect(after.staging['Service/catalogue']).toEqual(
      before.staging['Service/catalogue'],
    );
  });

  it('lets the autoscaler count the Rollout, and says no number beside it', async () => {
    const change = { environments: ['scaled'] };
    const prepared = delivered(catalogueTree(), change);
    const { scaled } = await build(
      delivered(prepared, { ...change, phase: 'switch' }),
      'scaled',
    );

    expect(scaled['HorizontalPodAutoscaler/catalogue'].spec).toMatchObject({
      minReplicas: 2,
      scaleTargetRef: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        name: 'catalogue-rollout',
      },
    });
    expect(scaled['Rollout/catalogue-rollout'].spec).not.toHaveProperty(
      'replicas',
    );
    expect(scaled['Deployment/catalogue'].spec.replicas).toBe(0);
    expect(
      scaled['PodDisruptionBudget/catalogue'].spec.selector.matchLabels,
    ).toEqual({ 'app.kubernetes.io/name': 'catalogue' });
  });

  it.each([
    ['nginx', { nginx: { stableIngress: 'shop' } }],
    [
      'istio',
      { istio: { virtualService: { name: 'shop', routes: ['catalogue'] } } },
    ],
    [
      'gateway-api',
      { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'shop' } } },
    ],
  ])('shifts the traffic by %s', async (routing, expected) => {
    const tree = delivered(catalogueTree(), { routing, ...ANALYSIS });
    const { staging } = await build(tree, 'staging');

    const { canary } = staging['Rollout/catalogue-rollout'].spec.strategy;
    expect(canary).toMatchObject({
      stableService: 'catalogue',
      canaryService: 'catalogue-canary',
      trafficRouting: expected,
    });
    expect(staging['Service/catalogue-canary'].spec).toEqual(
      staging['Service/catalogue'].spec,
    );
    const weights = {
      nginx: [],
      istio: staging['VirtualService/shop'].spec.http[0].route.map(
        (route: any) => [route.destination.host, route.weight],
      ),
      'gateway-api': staging['HTTPRoute/shop'].spec.rules[1].backendRefs.map(
        (backend: any) => [backend.name, backend.weight],
      ),
    }[routing];
    expect(weights).toEqual(
      routing === 'nginx'
        ? []
        : [
            ['catalogue', 100],
            ['catalogue-canary', 0],
          ],
    );
    expect(staging['HTTPRoute/shop'].spec.rules[0].backendRefs).toEqual([
      { name: 'files', port: 80 },
    ]);
    const { metrics } = staging['AnalysisTemplate/catalogue-analysis'].spec;
    expect(metrics.map((metric: any) => metric.name)).toEqual([
      'success-rate',
      'latency',
    ]);
    expect(metrics[0].provider.prometheus.query).toContain(
      routing === 'istio'
        ? 'destination_service_name="catalogue-canary"'
        : 'pod=~"catalogue-rollout-{{args.pods}}-.*"',
    );
  });

  it('makes a VirtualService where the mesh has none, and follows names that change', async () => {
    const tree = delivered(
      catalogueTree({
        'deploy/base/routes/kustomization.yaml': 'resources: [ingress.yaml]\n',
        'deploy/overlays/dev/kustomization.yaml':
          'namespace: x\nnamePrefix: my-\nresources: [../../base]\n',
      }),
      { routing: 'istio', environments: ['dev'] },
    );
    const { dev } = await build(tree, 'dev');
    expect(dev['Rollout/my-catalogue-rollout'].spec).toMatchObject({
      workloadRef: { name: 'my-catalogue' },
      strategy: {
        canary: {
          stableService: 'my-catalogue',
          canaryService: 'my-catalogue-canary',
        },
      },
    });
    expect(dev['VirtualService/my-catalogue'].spec.http[0].route).toHaveLength(
      2,
    );
  });

  it('keeps two versions side by side until one is promoted', async () => {
    const change = { strategy: 'blue-green', ...ANALYSIS };
    const { production } = await build(
      delivered(catalogueTree(), change),
      'production',
    );
    expect(
      production['Rollout/catalogue-rollout'].spec.strategy.blueGreen,
    ).toMatchObject({
      activeService: 'catalogue',
      previewService: 'catalogue-preview',
      autoPromotionEnabled: false,
      prePromotionAnalysis: {
        templates: [{ templateName: 'catalogue-analysis' }],
      },
    });
    expect(production['Service/catalogue-preview']).toBeDefined();
  });

  it.each([
    ['istio', 'VirtualService/shop'],
    ['gateway-api', 'HTTPRoute/shop'],
    ['linkerd', undefined],
  ])('hands traffic over to Flagger with %s', async (routing, route) => {
    const change = { controller: 'flagger', routing, environments: ['scaled'] };
    const before = await build(catalogueTree(), 'scaled');
    const prepared = delivered(catalogueTree(), change);
    const beside = await build(prepared, 'scaled');
    const after = await build(
      delivered(prepared, { ...change, phase: 'switch' }),
      'scaled',
    );

    const handedOver = ['Service/catalogue', ...(route ? [route] : [])];
    for (const key of handedOver) {
      expect(beside.scaled[key].metadata.annotations).toEqual({
        'argocd.argoproj.io/sync-options': 'Prune=false',
        'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
      });
      expect(beside.scaled[key].spec).toEqual(before.scaled[key].spec);
      expect(after.scaled).not.toHaveProperty([key]);
    }
    expect(Object.keys(after.scaled).sort()).toEqual(
      [...Object.keys(before.scaled), 'Canary/catalogue']
        .filter(key => !handedOver.includes(key))
        .sort(),
    );
    const { spec } = after.scaled['Canary/catalogue'];
    expect(spec).toMatchObject({
      targetRef: { kind: 'Deployment', name: 'catalogue' },
      autoscalerRef: {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        name: 'catalogue',
      },
      service: { port: 80, targetPort: 'http', portName: 'http' },
      analysis: { stepWeights: [5, 50, 100], threshold: 5 },
    });
    expect(spec.service.hosts).toEqual(
      route ? ['shop.example.com'] : undefined,
    );
    // The primary has a label of its own, and is looked after all the same.
    const covered = {
      key: 'app.kubernetes.io/name',
      operator: 'In',
      values: ['catalogue', 'catalogue-primary'],
    };
    expect(after.scaled['PodDisruptionBudget/catalogue'].spec.selector).toEqual(
      { matchExpressions: [covered] },
    );
    expect(after.scaled['NetworkPolicy/catalogue'].spec.podSelector).toEqual({
      matchLabels: { tier: 'web' },
      matchExpressions: [covered],
    });
  });
});
