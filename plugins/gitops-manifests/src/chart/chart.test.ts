import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { redis } from '../__testUtils__/redis';
import { writeFiles } from '../__testUtils__/writeFiles';
import { parseChartModel, type ChartModelInput } from './ChartModel';
import { renderChart } from './renderChart';
import { chartNeeds, renderChartRegistration } from './renderChartRegistration';
import { validateChartFolder } from './validateChartFolder';
import { mergedValues } from './valuesText';

// Each overlay is a process; a busy machine takes its time.
jest.setTimeout(60_000);

const flux: ChartModelInput = { ...redis, engine: 'flux' };
const OCI = {
  repository: 'oci://registry.example.com/charts',
  name: 'redis',
  version: '20.1.0+build.7',
};
const [dev, production] = redis.environments;
const multiple: ChartModelInput = {
  ...redis,
  method: 'multiple-sources',
  chart: OCI,
  environments: [dev, { ...production, patches: '' }],
  clusterResources: [
    { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
  ],
};

const tree = (input: ChartModelInput) => {
  const model = parseChartModel(input);
  return [...renderChart(model), ...renderChartRegistration(model)];
};
const asText = (input: ChartModelInput) =>
  tree(input)
    .map(file => `# ${file.path}\n${file.content}`)
    .join('\n');
describe('wrapping a chart', () => {
  const roots: string[] = [];
  afterAll(() => Promise.all(roots.map(root => rm(root, { recursive: true }))));

  it('writes the whole tree for Argo CD, where kustomize inflates', () => {
    expect(asText(redis)).toMatchSnapshot();
  });

  it('writes the whole tree for Argo CD with multiple sources', () => {
    expect(asText(multiple)).toMatchSnapshot();
    expect(chartNeeds(parseChartModel(multiple)).join('\n')).toMatch(
      /enableOCI.*registry\.example\.com\/charts/,
    );
  });

  it('writes the whole tree for Flux', () => {
    expect(asText(flux)).toMatchSnapshot();
  });

  it.each([
    ['kustomize', redis],
    ['multiple sources', multiple],
    ['a release', flux],
    ['a release from a registry', { ...flux, chart: OCI }],
  ])('builds what stands around the chart: %s', async (_what, input) => {
    const root = await writeFiles(tree(input));
    roots.push(root);

    const overlays = await validateChartFolder(path.join(root, 'deploy'));

    expect(overlays.map(({ name }) => name)).toEqual(['dev', 'production']);
    for (const { name, objects } of overlays) {
      expect(objects).not.toHaveLength(0);
      for (const object of objects) {
        expect(object.metadata?.labels).toMatchObject({
          'backstage.io/kubernetes-id': 'cart-cache',
          'fairway.dev/environment': name,
          team: 'payments',
        });
        expect(object.metadata?.namespace ?? object.metadata?.name).toBe(
          `cart-cache-${name}`,
        );
      }
    }
  });

  it('gives each environment of Flux its version, values and patches', async () => {
    const root = await writeFiles(tree(flux));
    roots.push(root);
    const release = async (environment: string): Promise<any> => {
      const overlays = await validateChartFolder(path.join(root, 'deploy'));
      return overlays
        .find(({ name }) => name === environment)!
        .objects.find(({ kind }) => kind === 'HelmRelease');
    };

    expect((await release('dev')).spec).toMatchObject({
      chart: { spec: { chart: 'redis', version: '20.2.0-rc.1' } },
      driftDetection: { mode: 'enabled' },
      commonMetadata: {
        labels: {
          'backstage.io/kubernetes-id': 'cart-cache',
          'fairway.dev/environment': 'dev',
        },
      },
      values: { architecture: 'standalone' },
    });
    expect((await release('production')).spec).toMatchObject({
      chart: { spec: { chart: 'redis', version: '20.1.0' } },
      driftDetection: { mode: 'warn' },
      values: {
        architecture: 'replication',
        auth: { existingSecret: 'cart-cache' },
        master: { resources: { requests: { cpu: '200m' } } },
        replica: { replicaCount: 3 },
      },
      postRenderers: [
        {
          kustomize: {
            patches: [{ target: { kind: 'StatefulSet' } }],
          },
        },
      ],
    });
  });

  it('says in one file what two say, and keeps what people wrote', () => {
    expect(
      mergedValues(
        redis.values!,
        'auth:\n  enabled: true\nlist: [1]\n',
        'values',
      ),
    ).toBe(
      `${redis.values!.replace(
        '  existingSecret: cart-cache\n',
        '  existingSecret: cart-cache\n  enabled: true\n',
      )}list:\n  - 1\n`,
    );
    expect(mergedValues('', '# none yet', 'values')).toBe('# none yet\n');
    expect(parse(mergedValues('a: {b: 1}', 'a: null', 'values'))).toEqual({
      a: null,
    });
  });

  it('uses a project that exists, and confines one of its own', () => {
    const model = parseChartModel(multiple);
    const paths = renderChartRegistration(model, {
      argocd: { project: 'payments' },
    }).map(file => file.path);
    expect(paths).not.toContain('argocd/cart-cache/project.yaml');
    const [project] = renderChartRegistration(model);
    expect(parse(project.content).spec).toMatchObject({
      sourceRepos: [
        'https://git.example.com/payments/cart-cache.git',
        'registry.example.com/charts',
      ],
      clusterResourceWhitelist: [
        { group: '', kind: 'Namespace' },
        { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
      ],
    });
  });
});
