import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { orders } from '../__testUtils__/orders';
import { writeFiles } from '../__testUtils__/writeFiles';
import { changedTree, type ManifestTree } from '../edit';
import { buildKustomization } from '../kustomize';
import { parseServiceModel } from '../model';
import { renderWorkload } from '../workload';
import { addPolicy } from './addPolicy';
import { celString } from './celRules';
import { checkBaseline } from './checkBaseline';
import {
  BASELINE_POLICIES,
  parsePolicyInput,
  type PolicyEngine,
  type PolicyInput,
} from './policyInput';
import { policySamples } from './policySamples';

// Each build is a process; a busy machine takes its time.
jest.setTimeout(180_000);

const registration: PolicyInput['registration'] = {
  engine: 'argocd',
  repoUrl: 'https://git.example.com/platform/gitops.git',
};

const REGISTRIES = ['registry.example.com:5000/shop', 'ghcr.io'];

const everything = (engine: PolicyEngine): PolicyInput => ({
  engine,
  policies: [
    'require-team-label',
    'baseline',
    ...(engine === 'gatekeeper'
      ? []
      : (['default-network-policy', 'preview-clean-up'] as const)),
  ],
  registries: REGISTRIES,
  registration:
    engine === 'gatekeeper'
      ? { ...registration, engine: 'flux' }
      : registration,
});

const EMPTY: ManifestTree = new Map();

const treeOf = (input: PolicyInput, tree = EMPTY) =>
  changedTree(tree, addPolicy(tree, input).changes);

const asText = (tree: ManifestTree) =>
  [...tree]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, content]) => `# ${file}\n${content}`)
    .join('\n');

/** Lines that a change takes away and brings. */
function changedLines(before: string, after: string): string[] {
  const old = before.split('\n');
  const now = after.split('\n');
  return [
    ...old.filter(line => !now.includes(line)).map(line => `- ${line.trim()}`),
    ...now.filter(line => !old.includes(line)).map(line => `+ ${line.trim()}`),
  ];
}

describe('addPolicy', () => {
  const roots: string[] = [];
  afterAll(() => Promise.all(roots.map(root => rm(root, { recursive: true }))));
  const write = async (tree: ManifestTree) => {
    const root = await writeFiles(
      [...tree].map(([file, content]) => ({ path: file, content })),
    );
    roots.push(root);
    return root;
  };

  it.each(['kyverno', 'kyverno-cluster-policy', 'gatekeeper'] as const)(
    'writes policies that report, their tests and their registration for %s',
    async engine => {
      const result = addPolicy(EMPTY, everything(engine));
      const tree = changedTree(EMPTY, result.changes);
      expect(asText(tree)).toMatchSnapshot();
      expect(result).toMatchObject({ kept: [], enforced: [] });
      expect(result.added.length).toBe(engine === 'gatekeeper' ? 6 : 8);

      const root = await write(tree);
      const folder = engine === 'gatekeeper' ? 'gatekeeper' : 'kyverno';
      const objects = await buildKustomization(
        path.join(root, 'policies', folder),
      );
      const kinds = new Set(objects.map(({ kind }) => kind));
      // What the tests are made of must never be applied.
      for (const kind of ['Pod', 'Deployment', 'Test', 'Suite', 'Namespace']) {
        expect(kinds).not.toContain(kind);
      }
      expect(objects.length).toBe(engine === 'gatekeeper' ? 12 : 10);
    },
  );

  it('does nothing twice, and leaves what somebody changed', () => {
    for (const engine of [
      'kyverno',
      'kyverno-cluster-policy',
      'gatekeeper',
    ] as const) {
      const input = everything(engine);
      const once = treeOf(input);
      const again = addPolicy(once, {
        ...input,
        registries: ['ghcr.io/other'],
      });
      expect(again.changes).toEqual([]);
      expect(again.added).toEqual([]);
      expect(again.notes.join()).toMatch(/left as they are/);
      const enforced = treeOf({ ...input, enforce: true }, once);
      expect(addPolicy(enforced, { ...input, enforce: true })).toMatchObject({
        changes: [],
        enforced: [],
      });
      expect(addPolicy(enforced, input).changes).toEqual([]);
    }
  });

  it('adds to what is there, in place', () => {
    const before = treeOf({
      ...everything('kyverno'),
      policies: ['require-team-label'],
    });
    const file = 'policies/kyverno/kustomization.yaml';
    const commented = new Map(before).set(
      file,
      `# Policies of the shop\n${before.get(file)}`,
    );
    const { changes } = addPolicy(commented, {
      ...everything('kyverno'),
      policies: ['require-probes'],
    });
    expect(changes.map(change => change.path)).toEqual([
      file,
      'policies/kyverno/require-probes/.kyverno-test/kyverno-test.yaml',
      'policies/kyverno/require-probes/.kyverno-test/resources.yaml',
      'policies/kyverno/require-probes/policy.yaml',
    ]);
    expect(changes[0].content).toBe(
      `${commented.get(file)}  - require-probes/policy.yaml\n`,
    );
  });

  it('enforces by the few words that say so, wherever the policy is', () => {
    const difference = (engine: PolicyEngine) => {
      const input = everything(engine);
      const before = treeOf(input);
      const { changes } = addPolicy(before, { ...input, enforce: true });
      return Object.fromEntries(
        changes.map(change => [
          change.path.replace(/^policies\/[a-z]+\//, ''),
          changedLines(before.get(change.path)!, change.content!),
        ]),
      );
    };
    const kyverno = difference('kyverno');
    expect(Object.keys(kyverno)).toHaveLength(8);
    expect(kyverno['require-probes/policy.yaml']).toEqual([
      '- - Audit',
      '- failurePolicy: Ignore',
      '+ - Deny',
      '+ failurePolicy: Fail',
    ]);
    for (const file of [
      'default-network-policy/policy.yaml',
      'preview-clean-up/policy.yaml',
    ]) {
      expect(kyverno[file]).toEqual([
        '- - name: is-on-trial',
        expect.stringContaining('fairway.dev/policy-trial'),
      ]);
    }
    const older = difference('kyverno-cluster-policy');
    expect(older['require-probes/policy.yaml']).toEqual([
      '- validationFailureAction: Audit',
      '- failurePolicy: Ignore',
      '+ validationFailureAction: Enforce',
      '+ failurePolicy: Fail',
    ]);
    expect(older['default-network-policy/policy.yaml']).toContain(
      '- fairway.dev/policy-trial: "true"',
    );
    expect(difference('gatekeeper')['constraints/require-probes.yaml']).toEqual(
      ['- enforcementAction: dryrun', '+ enforcementAction: deny'],
    );

    const elsewhere = new Map([
      [
        'clusters/main/all.yaml',
        `kind: ConfigMap\n---\n# ours\napiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: require-probes}\nspec:\n  rules:\n    - name: a # mine\n      validate: {failureAction: Audit, pattern: {}}\n`,
      ],
    ]);
    expect(
      addPolicy(elsewhere, {
        engine: 'kyverno-cluster-policy',
        policies: ['require-probes'],
        enforce: true,
        registration,
      }).changes,
    ).toEqual([
      {
        path: 'clusters/main/all.yaml',
        content: elsewhere
          .get('clusters/main/all.yaml')!
          .replace('failureAction: Audit', 'failureAction: Enforce'),
      },
    ]);
  });

  it('refuses to enforce what nobody has seen report', () => {
    expect(() =>
      addPolicy(
        treeOf({ ...everything('kyverno'), policies: ['require-probes'] }),
        {
          ...everything('kyverno'),
          policies: ['require-probes', 'disallow-latest-tag'],
          enforce: true,
        },
      ),
    ).toThrow(/"disallow-latest-tag" is not in the repository yet/);
    expect(() =>
      addPolicy(
        treeOf(everything('kyverno')),
        everything('kyverno-cluster-policy'),
      ),
    ).toThrow(/another kind of Kyverno/);
    expect(() =>
      addPolicy(
        new Map([
          [
            'c.yaml',
            'kind: RequireProbes\nspec: {enforcementAction: scoped}\n',
          ],
        ]),
        {
          ...everything('gatekeeper'),
          policies: ['require-probes'],
          enforce: true,
        },
      ),
    ).toThrow(/change it by hand/);
    expect(() =>
      addPolicy(
        new Map([
          ['policies/kyverno/require-probes/policy.yaml', 'kind: Other\n'],
        ]),
        { ...everything('kyverno'), policies: ['require-probes'] },
      ),
    ).toThrow(/there already/);
  });

  it('registers a folder once, with the engine and the source that are there', () => {
    const policies: PolicyInput['policies'] = ['require-team-label'];
    const flux = addPolicy(EMPTY, {
      ...everything('kyverno'),
      policies,
      registration: {
        ...registration,
        engine: 'flux',
        sourceName: 'flux-system',
      },
    });
    expect(
      flux.changes.filter(change => change.path.startsWith('flux')),
    ).toMatchSnapshot();
    for (const root of [
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {source: {path: ./policies/kyverno/}}\n',
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {sources: [{path: policies/kyverno}]}\n',
      'kind: Kustomization\nspec: {path: ./policies/kyverno}\n',
    ]) {
      const { changes } = addPolicy(new Map([['roots/policies.yaml', root]]), {
        ...everything('kyverno'),
        policies,
      });
      expect(changes.every(change => change.path.startsWith('policies/'))).toBe(
        true,
      );
    }
  });

  const refused: Array<[string, Partial<PolicyInput>, RegExp]> = [
    ['no registry', { registries: undefined }, /at least one/],
    ...[
      'registry.example.com") || true || ("',
      "registry.example.com'",
      'registry.example.com/*',
      '*',
      '.*',
      '{{request.object}}',
      'registry.example.com\nspec: {}',
      'registry.example.com/a:1',
      'registry.example.com/',
      'https://registry.example.com',
      'registry.example.com: x',
      'shop',
      '../shop',
      '',
    ].map(
      registry =>
        [
          `the registry ${JSON.stringify(registry)}`,
          { registries: [registry] },
          /registries\.0/,
        ] as [string, Partial<PolicyInput>, RegExp],
    ),
    [
      'a namespace with marks',
      { excludedNamespaces: ['a"]'] },
      /excludedNamespaces/,
    ],
    [
      'a URL with a password',
      { registration: { ...registration, repoUrl: 'https://a:b@c.example/d' } },
      /clone URL/,
    ],
    [
      'a branch with marks',
      { registration: { ...registration, revision: 'a b' } },
      /revision/,
    ],
    ['no policy', { policies: [] }, /at least one/],
    [
      'a policy nobody knows',
      { policies: ['require-luck' as never] },
      /policies/,
    ],
    ['an engine nobody knows', { engine: 'opa' as never }, /engine/],
    ['a time to live of nothing', { timeToLiveHours: 0 }, /timeToLiveHours/],
    [
      'to generate with Gatekeeper',
      { engine: 'gatekeeper', policies: ['default-network-policy'] },
      /Gatekeeper makes no objects/,
    ],
    [
      'to clean up with Gatekeeper',
      { engine: 'gatekeeper', policies: ['preview-clean-up'] },
      /Gatekeeper deletes no objects/,
    ],
  ];
  it.each(refused)('refuses %s', (_what, change, message) => {
    const attempt = () =>
      addPolicy(EMPTY, { ...everything('kyverno'), ...change });
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ name: 'InputError' }));
  });

  it('ends no string of CEL before its end', () => {
    for (const text of [
      '"',
      '\\',
      '\\"',
      "'",
      '\n',
      '`',
      '" + "',
      '\ud800',
      'ü🚢',
    ]) {
      const quoted = celString(text);
      expect(quoted).toMatch(/^"(?:[^"\\\n]|\\["\\bfnrt]|\\u[0-9a-f]{4})*"$/);
      expect(JSON.parse(quoted)).toBe(text.replace('\ud800', '\ufffd'));
    }
  });
});

describe('checkBaseline', () => {
  it('says of every sample what the policies say', () => {
    const order = parsePolicyInput(everything('kyverno'));
    for (const name of ['require-team-label', ...BASELINE_POLICIES] as const) {
      for (const { object, passes } of policySamples(name, order)) {
        const violations = checkBaseline([object as never], {
          rules: [name],
          registries: order.registries,
        });
        const found = violations.map(violation => violation.object);
        const title = `${object.kind}/${object.metadata.name}`;
        expect({ name, title, found }).toEqual({
          name,
          title,
          found: passes ? [] : [title],
        });
      }
    }
  });

  it('finds nothing wrong with what the golden paths write', async () => {
    const root = await writeFiles(renderWorkload(parseServiceModel(orders)));
    const objects = await buildKustomization(
      path.join(root, 'deploy/overlays/dev'),
    );
    await rm(root, { recursive: true });
    expect(
      checkBaseline(objects, { registries: ['registry.example.com:5000'] }),
    ).toEqual([]);
    expect(checkBaseline(objects, { registries: ['ghcr.io'] })).toEqual([
      {
        rule: 'allowed-registries',
        object: 'Deployment/orders',
        message: 'Images must come from ghcr.io.',
      },
    ]);
  });

  it('looks into no namespace that is left out, and survives what is no workload', () => {
    const broken: any[] = [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a', namespace: 'kube-system' },
      },
      { apiVersion: 'v1', kind: 'Pod' },
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        spec: { template: { spec: { containers: 'x' } } },
      },
      { apiVersion: 'batch/v1', kind: 'CronJob', spec: null },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } },
    ];
    expect(checkBaseline(broken)).toEqual([
      expect.objectContaining({
        rule: 'require-team-label',
        object: 'CronJob/',
      }),
    ]);
  });
});

/** Runs only where somebody has the tool. */
const withTool = (tool: string) =>
  spawnSync(tool, ['version'], { encoding: 'utf8' }).error ? it.skip : it;

describe('the test cases of the policies', () => {
  const run = async (
    tool: string,
    args: string[],
    engine: PolicyEngine,
    change: Partial<PolicyInput> = {},
  ) => {
    let tree = treeOf({ ...everything(engine), ...change });
    for (const enforce of [false, true]) {
      if (enforce) {
        tree = treeOf({ ...everything(engine), enforce }, tree);
      }
      const root = await writeFiles(
        [...tree].map(([file, content]) => ({ path: file, content })),
      );
      const { status, stdout, stderr } = spawnSync(tool, args, {
        cwd: root,
        encoding: 'utf8',
      });
      await rm(root, { recursive: true });
      expect(status === 0 ? 'passed' : stdout + stderr).toBe('passed');
    }
  };

  withTool('kyverno')('hold for Kyverno', async () => {
    for (const engine of ['kyverno', 'kyverno-cluster-policy'] as const) {
      await run('kyverno', ['test', './policies/kyverno'], engine);
      await run('kyverno', ['test', './policies/kyverno'], engine, {
        registries: ['docker.io', 'localhost:5000'],
        networkPolicy: 'deny-all',
      });
    }
  });

  withTool('gator')('hold for Gatekeeper', () =>
    run('gator', ['verify', './policies/gatekeeper/...'], 'gatekeeper'),
  );
});
