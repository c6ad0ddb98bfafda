import { LABEL_PULL_REQUEST } from '@fairway/plugin-gitops-common';
import { stringify } from 'yaml';
import { plainFile, type ManifestFile } from '../objects';
import { ruleName } from './clusterPolicies';
import { networkPolicySpec } from './kyvernoPolicies';
import { LABEL_TRIAL } from './policyCatalog';
import type { PolicyName, PolicyOrder, ValidatingName } from './policyInput';
import { policySamples, type PolicySample } from './policySamples';

const documents = (objects: ReadonlyArray<object>) =>
  objects
    .map(object => stringify(object, { version: '1.1', lineWidth: 0 }))
    .join('---\n');

interface Expectation {
  result: 'pass' | 'fail' | 'skip';
  kind: string;
  resources: string[];
  [field: string]: unknown;
}

/** Cases of one kind with one outcome are one line of Kyverno's table. */
function grouped(samples: readonly PolicySample[]): Expectation[] {
  const groups = new Map<string, Expectation>();
  for (const { object, passes } of samples) {
    const result = passes ? 'pass' : 'fail';
    const key = `${object.kind}/${result}`;
    const group = groups.get(key) ?? {
      kind: object.kind,
      result,
      resources: [],
    };
    const { namespace, name } = object.metadata;
    group.resources.push(`${namespace}/${name}`);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/**
 * What `kyverno test` runs for a policy; none for the older kind of clean-up, which it cannot
 * test.
 *
 * @param folder - of the policy, with `policy.yaml` in it
 */
export function kyvernoTests(
  name: PolicyName,
  order: PolicyOrder,
  folder: string,
): ManifestFile[] {
  const isOld = order.engine === 'kyverno-cluster-policy';
  if (name === 'preview-clean-up' && isOld) {
    return [];
  }
  const suite = suiteOf(name, order);
  const marks = isOld ? { rule: ruleName(name) } : { [markOf(name)]: true };
  const root = `${folder}/.kyverno-test`;
  return [
    plainFile(`${root}/kyverno-test.yaml`, {
      apiVersion: 'cli.kyverno.io/v1alpha1',
      kind: 'Test',
      metadata: { name },
      policies: ['../policy.yaml'],
      resources: ['resources.yaml'],
      results: suite.results.map(({ result, kind, resources, ...more }) => ({
        policy: name,
        ...marks,
        kind,
        resources,
        ...more,
        result,
      })),
    }),
    { path: `${root}/resources.yaml`, content: documents(suite.resources) },
    ...suite.more.map(file => ({ ...file, path: `${root}/${file.path}` })),
  ];
}

/** How a test says what kind of policy it is about. */
function markOf(name: PolicyName): string {
  switch (name) {
    case 'default-network-policy':
      return 'isGeneratingPolicy';
    case 'preview-clean-up':
      return 'isDeletingPolicy';
    default:
      return 'isValidatingPolicy';
  }
}

interface Suite {
  resources: object[];
  results: Expectation[];
  more: ManifestFile[];
}

function suiteOf(name: PolicyName, order: PolicyOrder): Suite {
  switch (name) {
    case 'default-network-policy':
      return generationSuite(order);
    case 'preview-clean-up':
      return cleanUpSuite();
    default: {
      const samples = policySamples(name, order);
      return {
        resources: samples.map(sample => sample.object),
        results: grouped(samples),
        more: [],
      };
    }
  }
}

const namespace = (
  name: string,
  labels: Record<string, string>,
  creationTimestamp?: string,
) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name,
    labels,
    ...(creationTimestamp ? { creationTimestamp } : {}),
  },
});

// The label stays when the policy is enforced: then it makes no difference, and the tests hold.
const ON_TRIAL = { [LABEL_TRIAL]: 'true' };

function generationSuite(order: PolicyOrder): Suite {
  const generated = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-network-policy', namespace: 'new-namespace' },
    spec: networkPolicySpec(order),
  };
  return {
    resources: [namespace('new-namespace', ON_TRIAL)],
    results: [
      {
        kind: 'Namespace',
        resources: ['new-namespace'],
        generatedResource: 'generated.yaml',
        result: 'pass',
      },
    ],
    more: [{ path: 'generated.yaml', content: documents([generated]) }],
  };
}

function cleanUpSuite(): Suite {
  const preview = { [LABEL_PULL_REQUEST]: '7', ...ON_TRIAL };
  return {
    resources: [
      namespace('old-preview', preview, '2020-01-01T00:00:00Z'),
      namespace('new-preview', preview, '2999-01-01T00:00:00Z'),
      namespace('no-preview', ON_TRIAL, '2020-01-01T00:00:00Z'),
    ],
    results: [
      { kind: 'Namespace', resources: ['old-preview'], result: 'pass' },
      {
        kind: 'Namespace',
        resources: ['new-preview', 'no-preview'],
        result: 'fail',
      },
    ],
    more: [],
  };
}

/**
 * What `gator verify` runs for a policy.
 *
 * @param folder - of the policies of Gatekeeper, with `templates` and `constraints` in it
 */
export function gatorTests(
  name: ValidatingName,
  order: PolicyOrder,
  folder: string,
): ManifestFile[] {
  const root = `${folder}/tests/${name}`;
  const samples = policySamples(name, order);
  return [
    plainFile(`${root}/suite.yaml`, {
      apiVersion: 'test.gatekeeper.sh/v1alpha1',
      kind: 'Suite',
      metadata: { name },
      tests: [
        {
          name,
          template: `../../templates/${name}.yaml`,
          constraint: `../../constraints/${name}.yaml`,
          cases: samples.map(sample => ({
            name: sample.name,
            object: `${sample.name}.yaml`,
            assertions: [{ violations: sample.passes ? 'no' : 'yes' }],
          })),
        },
      ],
    }),
    ...samples.map(sample =>
      plainFile(`${root}/${sample.name}.yaml`, sample.object),
    ),
  ];
}
