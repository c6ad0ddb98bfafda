import { catalogueTree } from '../__testUtils__/catalogueTree';
import { delivered, deliveryModel } from '../__testUtils__/delivered';
import type { ManifestTree } from '../edit';
import { addProgressiveDelivery } from './addProgressiveDelivery';

const ANALYSIS = {
  analysis: { prometheus: 'http://prometheus.monitoring:9090', latency: 400 },
};

/** What changed, as a file each. */
const changesAsText = (tree: ManifestTree, change: object = {}) =>
  addProgressiveDelivery(tree, deliveryModel(change))
    .changes.map(file => `# ${file.path}\n${file.content}`)
    .join('\n');

describe('adding progressive delivery', () => {
  it('writes a component, and a line or two into the overlays', () => {
    expect(
      changesAsText(catalogueTree(), { routing: 'gateway-api', ...ANALYSIS }),
    ).toMatchSnapshot();
  });

  it('hands the pods over as a change of a number', () => {
    const prepared = delivered(catalogueTree());
    expect(changesAsText(prepared, { phase: 'switch' })).toMatchSnapshot();
  });

  it('writes a Canary of Flagger, and what is handed over to it', () => {
    const flagger = {
      ...{ controller: 'flagger', routing: 'istio', engine: 'flux' },
      flagger: {
        webhooks: [
          {
            name: 'load',
            type: 'rollout',
            url: 'http://load.test/',
            timeout: '5s',
          },
        ],
      },
    };
    const prepared = delivered(catalogueTree(), flagger);
    expect(changesAsText(catalogueTree(), flagger)).toMatchSnapshot();
    expect(
      changesAsText(prepared, { ...flagger, phase: 'switch' }),
    ).toMatchSnapshot();
  });

  it.each([
    ['argo-rollouts', 'istio'],
    ['flagger', 'gateway-api'],
  ])('does nothing twice: %s', (controller, routing) => {
    const change = { controller, routing };
    const prepared = delivered(catalogueTree(), change);
    const again = addProgressiveDelivery(prepared, deliveryModel(change));
    expect(again.changes).toEqual([]);
    expect(again.notes.join()).toMatch(/delivered this way already/);
    const switched = delivered(prepared, { ...change, phase: 'switch' });
    for (const phase of ['prepare', 'switch']) {
      expect(
        addProgressiveDelivery(switched, deliveryModel({ ...change, phase }))
          .changes,
      ).toEqual([]);
    }
  });

  it('finds overlays where Fairway knows them to be', () => {
    const elsewhere = new Map(
      [...catalogueTree()].map(([file, text]) => [
        file.replace('deploy/', '').replace('overlays/staging', 'overlays/stg'),
        text,
      ]),
    );
    const { changes } = addProgressiveDelivery(
      elsewhere,
      deliveryModel({
        path: '.',
        environments: ['staging'],
        overlays: [{ environment: 'staging', path: 'overlays/stg' }],
      }),
    );
    expect(changes.map(change => change.path)).toEqual([
      'components/rollout/kustomization.yaml',
      'components/rollout/kustomizeconfig.yaml',
      'components/rollout/rollout.yaml',
      'overlays/stg/kustomization.yaml',
    ]);
    expect(changes[3].content).toContain('- ../../components/rollout\n');
  });

  it('adds an environment later, and leaves the component as people changed it', () => {
    const first = new Map(
      delivered(catalogueTree(), { environments: ['staging'] }),
    );
    const file = 'deploy/components/rollout/rollout.yaml';
    first.set(file, `# ours\n${first.get(file)}`);
    const { changes } = addProgressiveDelivery(
      first,
      deliveryModel({ steps: [{ weight: 100 }] }),
    );
    expect(changes.map(change => change.path)).toEqual([
      'deploy/overlays/production/kustomization.yaml',
    ]);
  });

  it('leaves a Rollout of others alone', () => {
    const named = (name: string) =>
      catalogueTree({
        'deploy/base/budget.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: ${name}}
spec: {workloadRef: {apiVersion: apps/v1, kind: Deployment, name: catalogue}}
`,
      });
    const change = { phase: 'switch', environments: ['staging'] };
    expect(
      addProgressiveDelivery(named('shop'), deliveryModel()).changes,
    ).toEqual([]);
    expect(changesAsText(named('shop'), change)).toMatch(
      /name: catalogue\n {2}count: 0/,
    );
    expect(() => changesAsText(named('catalogue'), change)).toThrow(
      /called "catalogue" like its Deployment/,
    );
  });

  it('leaves a Rollout with pods of its own alone', () => {
    const tree = new Map(catalogueTree());
    const file = 'deploy/base/workload.yaml';
    tree.set(
      file,
      tree
        .get(file)!
        .replace('apps/v1', 'argoproj.io/v1alpha1')
        .replace('kind: Deployment', 'kind: Rollout'),
    );
    for (const phase of ['prepare', 'switch']) {
      const { changes } = addProgressiveDelivery(
        tree,
        deliveryModel({ phase }),
      );
      expect(changes).toEqual([]);
    }
  });

  it.each<[string, Parameters<typeof catalogueTree>[0], object, RegExp]>([
    [
      'an overlay that is not there',
      {},
      { environments: ['qa'] },
      /no overlay "deploy\/overlays\/qa"/,
    ],
    [
      'a Deployment that is not there',
      {},
      { deployment: 'x' },
      /no Deployment "x".*those are: catalogue/,
    ],
    ['a Service that is not there', {}, { service: 'x' }, /no Service "x"/],
    [
      'the second step before the first',
      {},
      { phase: 'switch' },
      /is not prepared/,
    ],
    [
      'Flagger before the handover',
      {},
      { phase: 'switch', controller: 'flagger', routing: 'istio' },
      /is not prepared/,
    ],
    [
      'overlays that differ',
      {},
      { environments: ['staging', 'scaled'] },
      /differ/,
    ],
    [
      'a route that leads elsewhere',
      {
        'deploy/base/routes/httproute.yaml': undefined,
        'deploy/base/routes/kustomization.yaml': 'resources: []\n',
      },
      { routing: 'gateway-api' },
      /No HTTPRoute/,
    ],
    [
      'no Ingress',
      { 'deploy/base/routes/kustomization.yaml': 'resources: []\n' },
      { routing: 'nginx' },
      /No Ingress/,
    ],
    [
      'no gateway for Flagger',
      { 'deploy/base/routes/kustomization.yaml': 'resources: []\n' },
      { controller: 'flagger', routing: 'gateway-api' },
      /name the gateway/,
    ],
    [
      'what is no YAML',
      { 'deploy/base/workload.yaml': 'a: [' },
      {},
      /workload.yaml is no valid YAML/,
    ],
    [
      'a base of itself',
      { 'deploy/base/kustomization.yaml': 'resources: [../base]\n' },
      {},
      /refers to itself/,
    ],
  ])('refuses %s, and changes nothing', (_what, files, change, rule) => {
    expect(() =>
      addProgressiveDelivery(catalogueTree(files), deliveryModel(change)),
    ).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringMatching(rule),
      }),
    );
  });

  it('refuses what must not run twice at a time', () => {
    const tree = new Map(catalogueTree());
    const file = 'deploy/base/workload.yaml';
    tree.set(
      file,
      tree
        .get(file)!
        .replace(
          '  replicas: 1',
          '  strategy: {type: Recreate}\n  replicas: 1',
        ),
    );
    expect(() => addProgressiveDelivery(tree, deliveryModel())).toThrow(
      /Recreate/,
    );
  });
});
