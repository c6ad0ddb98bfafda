import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { orders } from '../__testUtils__/orders';
import { writeFiles } from '../__testUtils__/writeFiles';
import { changedTree, type ManifestTree } from '../edit';
import { buildKustomization, validateFolder } from '../kustomize';
import { parseServiceModel } from '../model';
import { renderWorkload } from '../workload';
import {
  addPreviewOverlay,
  parsePreviewModel,
  renderPreviews,
  type PreviewModelInput,
} from './index';

jest.setTimeout(60_000);

const previews: PreviewModelInput = {
  name: 'orders',
  team: 'payments',
  partOf: 'shop',
  engine: 'argocd',
  forge: {
    kind: 'gitea',
    host: 'git.example.com',
    owner: 'payments',
    repo: 'orders',
  },
  repoUrl: 'https://git.example.com/payments/orders.git',
  image: 'registry.example.com:5000/payments/orders',
  domain: 'preview.example.com',
};

const golden: ManifestTree = new Map(
  renderWorkload(parseServiceModel(orders)).map(file => [
    file.path,
    file.content,
  ]),
);

/** A service that somebody wrote by hand: no overlay for previews. */
const handwritten: ManifestTree = new Map([
  [
    'k8s/base/kustomization.yml',
    '# ours\nresources:\n- deployment.yaml\n- route.yaml\n',
  ],
  [
    'k8s/base/deployment.yaml',
    stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop' },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'shop' } },
        template: {
          metadata: { labels: { app: 'shop' } },
          spec: { containers: [{ name: 'shop', image: 'ghcr.io/a/shop' }] },
        },
      },
    }),
  ],
  [
    'k8s/base/route.yaml',
    stringify({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web' },
      spec: {
        tls: [{ hosts: ['shop.example.com'], secretName: 'web' }],
        rules: [{ host: 'shop.example.com' }],
      },
    }),
  ],
]);

const asText = (files: Array<{ path: string; content?: string }>) =>
  files.map(file => `# ${file.path}\n${file.content}`).join('\n');

const REFUSED: Array<[string, object, string]> = [
  ['a name with a path', { name: '../orders' }, 'name'],
  [
    'a name with which a namespace is too long',
    { name: 'o'.repeat(54) },
    'name',
  ],
  ['a template in the team', { team: '{{.title}}' }, 'team'],
  ['a host with a path', { forge: { ...previews.forge, host: 'a/b' } }, 'host'],
  [
    'an owner that leads upwards',
    { forge: { ...previews.forge, owner: '../x' } },
    'forge.owner',
  ],
  [
    'a template of Go in the owner',
    { forge: { ...previews.forge, owner: '{{.branch}}' } },
    'forge.owner',
  ],
  [
    'a template of the Flux Operator in the repository',
    { forge: { ...previews.forge, repo: '<< inputs.title >>' } },
    'forge.repo',
  ],
  [
    'Azure DevOps without a project',
    { forge: { ...previews.forge, kind: 'azure' } },
    'forge.project',
  ],
  [
    'Bitbucket with Flux',
    { engine: 'flux', forge: { ...previews.forge, kind: 'bitbucketCloud' } },
    'ExternalService',
  ],
  ['a password in the URL', { repoUrl: 'https://u:p@h/a.git' }, 'clone URL'],
  ['a tag in the image', { image: 'example.com/a:1' }, 'image'],
  ['a tag that every commit shares', { imageTag: 'latest' }, 'imageTag'],
  ['a tag with a template', { imageTag: '{sha}{{.title}}' }, 'imageTag'],
  ['a tag that begins with a dash', { imageTag: '-{sha}' }, 'imageTag'],
  ['a label with a line break', { label: 'preview\nx' }, 'label'],
  ['a label with a template', { label: '{{.x}}' }, 'label'],
  ['a domain with a scheme', { domain: 'https://example.com' }, 'domain'],
  ['a domain with a template', { domain: '{{.branch}}.example.com' }, 'domain'],
  ['a path that leads out', { path: '../deploy' }, 'folder'],
  ['a life without an end', { hoursToLive: 0 }, 'hoursToLive'],
  [
    'a quota of no pods',
    { quota: { cpu: '1', memory: '1Gi', pods: 0 } },
    'quota.pods',
  ],
  [
    'a quota that is no amount',
    { quota: { cpu: 'much', memory: '1Gi', pods: 1 } },
    'quota.cpu',
  ],
  ['a field that nobody knows', { project: 'default' }, 'project'],
];

describe('parsePreviewModel', () => {
  it.each(REFUSED)('refuses %s', (_what, change, rule) => {
    expect(() =>
      parsePreviewModel({ ...previews, ...change } as PreviewModelInput),
    ).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });
});

describe('renderPreviews', () => {
  it.each(['argocd', 'flux'] as const)('writes the files for %s', engine => {
    const model = parsePreviewModel({
      ...previews,
      engine,
      imageTag: 'pr-{number}-{shortSha}',
    });
    const { route } = addPreviewOverlay(golden, model);
    expect(asText(renderPreviews(model, { route }))).toMatchSnapshot();
  });

  it('reads the pull requests of each forge in its own way', () => {
    const secret = { name: 'forge', key: 'token' };
    const read = (forge: Partial<PreviewModelInput['forge']>) => {
      const [, set] = renderPreviews(
        parsePreviewModel({
          ...previews,
          forge: { ...previews.forge, secret, ...forge },
        }),
      );
      const { filters, requeueAfterSeconds, ...rest } = parse(set.content).spec
        .generators[0].pullRequest;
      return { ...rest, filter: filters[0] };
    };
    expect({
      github: read({ kind: 'github', host: 'github.com' }),
      enterprise: read({ kind: 'github', host: 'github.example.com' }),
      gitlab: read({ kind: 'gitlab', host: 'gitlab.com', owner: 'a/b' }),
      bitbucketCloud: read({ kind: 'bitbucketCloud', host: 'bitbucket.org' }),
      bitbucketServer: read({ kind: 'bitbucketServer', project: 'PAY' }),
      azure: read({ kind: 'azure', host: 'dev.azure.com', project: 'Shop 2' }),
      playground: read({
        host: 'localhost:3100',
        plainHttp: true,
        secret: undefined,
      }),
    }).toMatchSnapshot();
  });

  it('gives a commit that looks like a number as text to Flux', () => {
    const files = renderPreviews(
      parsePreviewModel({ ...previews, engine: 'flux' }),
    );
    const kustomization = parse(files[2].content).spec.resources.at(-1);
    expect(kustomization.spec.images).toEqual([
      { name: previews.image, newTag: '<< inputs.sha | quote >>' },
    ]);
  });

  it.each([
    [
      { kind: 'github', host: 'github.com' },
      'https://github.com/payments/orders',
    ],
    [
      { kind: 'azure', host: 'dev.azure.com', project: 'Shop 2' },
      'https://dev.azure.com/payments/Shop%202/_git/orders',
    ],
    [
      { kind: 'gitlab', host: 'gitlab.example.com', owner: 'a/b' },
      'https://gitlab.example.com/a/b/orders',
    ],
  ] as const)('points the Flux Operator to %j', (forge, url) => {
    const files = renderPreviews(
      parsePreviewModel({
        ...previews,
        engine: 'flux',
        forge: { ...previews.forge, ...forge },
      }),
    );
    expect(parse(files[1].content).spec.url).toBe(url);
  });
});

describe('addPreviewOverlay', () => {
  const roots: string[] = [];
  afterAll(() => Promise.all(roots.map(root => rm(root, { recursive: true }))));

  /** Builds the overlay with what the engine adds to it for pull request 7. */
  async function build(tree: ManifestTree, folder: string, fields: object) {
    const file = [...tree.keys()].find(name =>
      name.startsWith(`${folder}/overlays/preview/kustomization`),
    )!;
    const before = parse(tree.get(file)!);
    const content = stringify({
      ...before,
      ...fields,
      patches: [...(before.patches ?? []), ...(fields as any).patches],
    });
    const root = await writeFiles(
      [...changedTree(tree, [{ path: file, content }])].map(([name, text]) => ({
        path: name,
        content: text,
      })),
    );
    roots.push(root);
    return buildKustomization(path.join(root, folder, 'overlays/preview'));
  }

  it('adds what the overlay of a golden path lacks, and nothing twice', async () => {
    const model = parsePreviewModel(previews);
    const { changes, route } = addPreviewOverlay(golden, model);
    expect(route).toEqual({ kind: 'Ingress', name: 'orders' });
    expect(asText(changes)).toMatchSnapshot();

    const changed = changedTree(golden, changes);
    expect(addPreviewOverlay(changed, model)).toEqual({ changes: [], route });
    const root = await writeFiles(
      [...changed].map(([name, content]) => ({ path: name, content })),
    );
    roots.push(root);
    await validateFolder(path.join(root, 'deploy'));
  });

  it('leaves quotas out where the ResourceSet brings them', () => {
    const model = parsePreviewModel({
      ...previews,
      engine: 'flux',
      domain: undefined,
    });
    expect(addPreviewOverlay(golden, model)).toEqual({ changes: [] });
  });

  it('gives a preview of Argo CD its namespace, labels, host and quota', async () => {
    const model = parsePreviewModel(previews);
    const { changes, route } = addPreviewOverlay(golden, model);
    const [, set] = renderPreviews(model, { route });
    const { namespace, patches } = parse(
      set.content.replaceAll('{{.number}}', '7'),
    ).spec.template.spec.source.kustomize;
    const objects = await build(changedTree(golden, changes), 'deploy', {
      namespace,
      patches,
    });
    expect(objects.map(object => object.kind).sort()).toEqual([
      'Deployment',
      'Ingress',
      'LimitRange',
      'Namespace',
      'PodDisruptionBudget',
      'ResourceQuota',
      'Service',
      'ServiceAccount',
    ]);
    for (const { metadata } of objects) {
      expect(metadata!.namespace ?? metadata!.name).toBe('orders-pr-7');
    }
    const found = (kind: string): any =>
      objects.find(object => object.kind === kind);
    expect(found('Namespace').metadata.labels).toMatchObject({
      'backstage.io/kubernetes-id': 'orders',
      'cleanup.kyverno.io/ttl': '72h',
    });
    expect(found('Ingress').spec.rules[0].host).toBe(
      'orders-pr-7.preview.example.com',
    );
  });

  it('makes an overlay where there is none, and leaves the limits to Flux', async () => {
    const model = parsePreviewModel({
      ...previews,
      engine: 'flux',
      name: 'shop',
      path: 'k8s',
      image: 'ghcr.io/a/shop',
    });
    const { changes, route } = addPreviewOverlay(handwritten, model);
    expect(route).toEqual({ kind: 'Ingress', name: 'web', tls: true });
    expect(asText(changes)).toMatchSnapshot();

    const files = renderPreviews(model, { route });
    const { targetNamespace, patches } = parse(
      files[2].content.replaceAll('<< inputs.id >>', '7'),
    ).spec.resources.at(-1).spec;
    const objects: any[] = await build(
      changedTree(handwritten, changes),
      'k8s',
      { namespace: targetNamespace, patches },
    );
    expect(objects.map(object => object.kind)).toEqual([
      'Deployment',
      'Ingress',
    ]);
    expect(objects[0].spec.replicas).toBe(1);
    expect(objects[1].metadata.namespace).toBe('shop-pr-7');
    expect(objects[1].spec).toMatchObject({
      tls: [{ hosts: ['shop-pr-7.preview.example.com'] }],
      rules: [{ host: 'shop-pr-7.preview.example.com' }],
    });
  });

  it('knows manifests at the root of their repository', () => {
    const tree = new Map(
      [...golden].map(([name, text]) => [name.replace(/^deploy\//, ''), text]),
    );
    const model = parsePreviewModel({ ...previews, path: '.' });
    const { changes } = addPreviewOverlay(tree, model);
    expect(changes.map(change => change.path)).toEqual([
      'overlays/preview/ingress.yaml',
      'overlays/preview/kustomization.yaml',
      'overlays/preview/limitrange.yaml',
      'overlays/preview/resourcequota.yaml',
    ]);
    const [, set] = renderPreviews(model);
    expect(parse(set.content).spec.template.spec.source.path).toBe(
      'overlays/preview',
    );
  });

  it('says what is missing, before anything changes', () => {
    const model = parsePreviewModel(previews);
    expect(() => addPreviewOverlay(new Map(), model)).toThrow(
      'There is no kustomization in "deploy/base"',
    );
    const worker = new Map(golden);
    worker.delete('deploy/base/service.yaml');
    expect(() => addPreviewOverlay(worker, model)).toThrow(
      'needs a Service that it leads to',
    );
  });
});
