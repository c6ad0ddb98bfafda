import { rm } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { writeFiles } from '../__testUtils__/writeFiles';
import { validateFolder } from '../kustomize';
import { adoptionDifferences } from './adoptionDifferences';
import { adoptObjects } from './adoptObjects';
import { registerExisting } from './registerExisting';

jest.setTimeout(60_000);

/** As a cluster tells it. */
const running = (
  environment: string,
  change: { tag?: string; replicas?: number; level?: string } = {},
) => {
  const namespace = `shop-${environment}`;
  const kept = {
    namespace,
    uid: '3f1c',
    resourceVersion: '42',
    creationTimestamp: '2024-01-01T00:00:00Z',
    managedFields: [{ manager: 'kubectl' }],
  };
  const object = (kind: string, apiVersion: string, rest: object) => ({
    apiVersion,
    kind,
    metadata: { name: 'shop', ...kept },
    ...rest,
  });
  return [
    object('Deployment', 'apps/v1', {
      metadata: {
        name: 'shop',
        ...kept,
        labels: { app: 'shop' },
        annotations: {
          'deployment.kubernetes.io/revision': '7',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
        },
      },
      spec: {
        replicas: change.replicas ?? 1,
        selector: { matchLabels: { app: 'shop' } },
        template: {
          metadata: { creationTimestamp: null, labels: { app: 'shop' } },
          spec: {
            containers: [
              {
                name: 'shop',
                image: `registry.example.com:5000/shop:${change.tag ?? '1'}`,
                env: [{ name: 'LEVEL', value: change.level ?? 'info' }],
              },
              { name: 'proxy', image: 'envoyproxy/envoy' },
            ],
          },
        },
      },
      status: { readyReplicas: 1 },
    }),
    object('Service', 'v1', {
      spec: {
        clusterIP: '10.0.0.1',
        clusterIPs: ['10.0.0.1'],
        ports: [{ port: 80, targetPort: 8080 }],
        selector: { app: 'shop' },
      },
    }),
    object('RoleBinding', 'rbac.authorization.k8s.io/v1', {
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'view',
      },
      subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: 'ci' }],
    }),
    object('Pod', 'v1', { spec: {} }),
    object('ReplicaSet', 'apps/v1', {
      metadata: {
        name: 'shop-1',
        ownerReferences: [{ kind: 'Deployment', name: 'shop' }],
      },
    }),
  ];
};

const list = (items: object[]) =>
  stringify({ apiVersion: 'v1', kind: 'List', items });

const hpa = (namespace: string) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'shop', namespace },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
    maxReplicas: 5,
  },
});

const shop = {
  name: 'shop',
  team: 'sales',
  environments: [
    {
      name: 'dev',
      namespace: 'shop-dev',
      manifests: list(running('dev', { tag: '2', level: 'debug' })),
    },
    {
      name: 'production',
      namespace: 'shop-production',
      manifests: running('production', { replicas: 3 })
        .concat(hpa('shop-production') as never)
        .map(object => stringify(object))
        .join('---\n'),
    },
  ],
};

describe('adoptObjects', () => {
  const withObject = (object: object) => ({
    environments: [{ ...shop.environments[0], manifests: stringify(object) }],
  });
  const configMap = (metadata: object) =>
    withObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata });

  it.each([
    ['a name with a path', { name: '../shop' }, 'name'],
    ['a team with a line break', { team: 'a\nb' }, 'team'],
    ['no environment', { environments: [] }, 'at least one environment'],
    ['no manifests', withObject([]), 'no manifests of Kubernetes'],
    [
      'text that is no YAML',
      { environments: [{ ...shop.environments[0], manifests: 'a: [' }] },
      'no YAML',
    ],
    [
      'an object without a kind',
      withObject({ metadata: { name: 'a' } }),
      'apiVersion and a kind',
    ],
    [
      'a name that is generated',
      configMap({ generateName: 'a-' }),
      'its name is generated',
    ],
    [
      'a name with a hash',
      configMap({ name: 'a-5h2k9fd8tm' }),
      'a hash of its content',
    ],
    [
      'another namespace',
      configMap({ name: 'a', namespace: 'other' }),
      'moving it would recreate it',
    ],
    [
      'what Helm manages',
      configMap({
        name: 'a',
        annotations: { 'meta.helm.sh/release-name': 'x' },
      }),
      'Helm release x',
    ],
    [
      'what Flux manages',
      configMap({
        name: 'a',
        labels: { 'kustomize.toolkit.fluxcd.io/name': 'x' },
      }),
      'Kustomization x deploys it already',
    ],
    [
      'what Argo CD manages',
      configMap({
        name: 'a',
        annotations: { 'argocd.argoproj.io/tracking-id': 'x:/ConfigMap:a/a' },
      }),
      'application x deploys it already',
    ],
    [
      'a Secret',
      withObject({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }),
      'does not belong in Git',
    ],
    [
      'what belongs to the cluster',
      withObject({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'a' },
      }),
      'whole cluster',
    ],
    [
      'only what the cluster makes',
      withObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }),
      'nothing to adopt',
    ],
    [
      'an object twice',
      withObject({
        apiVersion: 'v1',
        kind: 'List',
        items: [1, 2].map(() => ({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'a' },
        })),
      }),
      'there twice',
    ],
    [
      'an object that does not fit its schema',
      withObject({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a' },
        spec: { replicas: 'x' },
      }),
      'does not fit the schema',
    ],
  ])('refuses %s', (_what, change, rule) => {
    expect(() => adoptObjects({ ...shop, ...change } as never)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });

  it('writes what runs, and kustomize builds it again, but for labels', async () => {
    const { files, given, leftOut } = adoptObjects(shop);
    expect(
      files.map(file => `# ${file.path}\n${file.content}`).join('\n'),
    ).toMatchSnapshot();
    expect(leftOut.map(({ object, reason }) => `${object}: ${reason}`)).toEqual(
      [
        'Pod shop: the cluster makes it by itself',
        'ReplicaSet shop-1: Deployment shop makes it',
        'Pod shop: the cluster makes it by itself',
        'ReplicaSet shop-1: Deployment shop makes it',
        'replicas of Deployment shop: HorizontalPodAutoscaler shop decides how many there are',
      ],
    );
    const root = await writeFiles(files);
    const overlays = await validateFolder(path.join(root, 'deploy'));
    await rm(root, { recursive: true });
    for (const { environment, objects } of given) {
      const built = overlays.find(({ name }) => name === environment)!;
      const differences = adoptionDifferences(objects, built.objects);
      expect(differences).toHaveLength(objects.length);
      for (const { effect, restarts, operations } of differences) {
        expect({ effect, restarts }).toEqual({
          effect: 'change',
          restarts: false,
        });
        for (const { op, path: place } of operations) {
          expect(`${op} ${place}`).toMatch(/^add \/metadata\/labels/);
        }
      }
    }
  });

  it('tells what a sync would do to what runs', () => {
    const [deployment, service] = running('dev') as any[];
    const changed = structuredClone(deployment);
    changed.spec.template.spec.containers[0].image = 'other';
    expect(
      adoptionDifferences([deployment, service], [changed, hpa('a') as never]),
    ).toEqual([
      {
        ...{ object: 'Deployment shop', effect: 'change', restarts: true },
        operations: [
          {
            op: 'replace',
            path: '/spec/template/spec/containers/0/image',
            value: 'other',
          },
        ],
      },
      expect.objectContaining({
        object: 'HorizontalPodAutoscaler shop',
        effect: 'create',
      }),
      expect.objectContaining({ object: 'Service shop', effect: 'keep' }),
    ]);
  });
});

describe('registerExisting', () => {
  const input = {
    ...{ name: 'shop', team: 'sales', engine: 'argocd' as const },
    repoUrl: 'https://git.example.com/sales/shop.git',
    environments: [
      { name: 'dev', namespace: 'shop-dev', path: 'k8s/dev' },
      { name: 'production', namespace: 'shop', path: 'k8s/prod' },
    ],
  };

  it.each([
    [
      'a password in the URL',
      { repoUrl: 'https://a:b@example.com/a.git' },
      'repoUrl',
    ],
    [
      'a path that leads out',
      { environments: [{ ...input.environments[0], path: '../x' }] },
      'path',
    ],
    ['a server without TLS', { server: 'http://x' }, 'server'],
    [
      'an environment twice',
      { environments: [input.environments[0], input.environments[0]] },
      'once',
    ],
  ])('refuses %s', (_what, change, rule) => {
    expect(() => registerExisting({ ...input, ...change })).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });

  it.each(['argocd', 'flux'] as const)('registers in phase 1: %s', engine => {
    const files = registerExisting({ ...input, engine });
    expect(
      files.map(file => `# ${file.path}\n${file.content}`).join('\n'),
    ).toMatchSnapshot();
  });
});
