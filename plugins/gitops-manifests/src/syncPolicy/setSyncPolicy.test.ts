import type { Application } from '@fairway/plugin-gitops-common';
import { changedLines } from '../__testUtils__/handWritten';
import { changedTree } from '../edit';
import type { SyncPolicyName } from '../model';
import { migrationBlockers } from './migrationBlockers';
import { nextMigrationStep } from './nextPhase';
import { setSyncPolicy } from './setSyncPolicy';

const APPLICATION = `# Orders, registered by hand.
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: orders-staging
  namespace: argocd
spec:
  project: payments # of the team
  source: {repoURL: https://git.example.com/payments/orders.git, path: deploy/overlays/staging}
  syncPolicy:
    # No automation yet.
    syncOptions:
    - CreateNamespace=true
  revisionHistoryLimit: 10
`;

const FLUX = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: orders-staging
  namespace: flux-system
spec:
  interval: 10m # is enough
  prune: false
  suspend: true
---
# A chart beside it.
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: redis, namespace: flux-system}
spec:
  interval: 10m
`;

const tree = new Map([
  ['argocd/orders/staging.yaml', APPLICATION],
  ['flux/orders.yaml', FLUX],
  ['templates/broken.yaml', 'apiVersion: {{ .Values.x }}\nkind: [\n'],
  [
    'argocd/generated.yaml',
    'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: shops}\n',
  ],
]);

const argocd = { kind: 'Application', name: 'orders-staging' } as const;
const flux = { kind: 'Kustomization', name: 'orders-staging' } as const;
const helm = { kind: 'HelmRelease', name: 'redis' } as const;

describe('setSyncPolicy', () => {
  it.each([
    ['a policy that nobody knows', { policy: 'yolo' }, 'policy'],
    [
      'a kind that is no registration',
      { registration: { kind: 'Secret', name: 'a' } },
      'kind',
    ],
    [
      'a name with a path',
      { registration: { ...argocd, name: '../a' } },
      'name',
    ],
    [
      'a registration that a generator makes',
      { registration: { ...argocd, name: 'shop-a' } },
      'ApplicationSet makes it, change that instead: shops',
    ],
    [
      'one of another namespace',
      { registration: { ...argocd, namespace: 'other' } },
      'There is no Application',
    ],
  ])('refuses %s', (_what, change, rule) => {
    const input = {
      registration: argocd,
      policy: 'manual' as const,
      ...change,
    };
    expect(() => setSyncPolicy(tree, input as never)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });

  it('refuses a registration that is there twice', () => {
    const twice = new Map(tree).set('old/staging.yaml', APPLICATION);
    expect(() =>
      setSyncPolicy(twice, { registration: argocd, policy: 'automated' }),
    ).toThrow(
      /in several files: argocd\/orders\/staging.yaml, old\/staging.yaml/,
    );
  });

  it.each([
    ['Argo CD', argocd],
    ['Flux', flux],
    ['Helm with Flux', helm],
  ])(
    'goes through the phases and back in place: %s',
    (_engine, registration) => {
      const steps: string[] = [];
      let current: ReadonlyMap<string, string> = tree;
      const to = (policy: SyncPolicyName) => {
        const change = setSyncPolicy(current, { registration, policy });
        steps.push(`${policy}:\n${changedLines(current, change.changes)}`);
        current = changedTree(current, change.changes);
        expect(
          setSyncPolicy(current, { registration, policy }).changes,
        ).toEqual([]);
        return change.after;
      };
      let policy = to('manual');
      for (;;) {
        const { next } = nextMigrationStep(registration.kind, policy);
        if (!next) {
          break;
        }
        policy = to(next.policy);
        expect(nextMigrationStep(registration.kind, policy).current).toBe(
          next.phase,
        );
      }
      to('manual');
      expect(steps.join('\n\n')).toMatchSnapshot();
    },
  );

  it('knows that automation can be there and switched off', () => {
    const off = new Map([
      [
        'a.yaml',
        APPLICATION.replace(
          '    # No automation yet.\n',
          '    automated: {enabled: false, prune: true}\n',
        ),
      ],
    ]);
    const change = setSyncPolicy(off, {
      registration: argocd,
      policy: 'automated',
    });
    expect(change.before.automated).toBe(false);
    expect(change.after).toEqual({
      automated: true,
      prune: false,
      selfHeal: false,
    });
    expect(changedLines(off, change.changes)).toContain(
      '+     automated: {enabled: true, prune: false, selfHeal: false}',
    );
  });
});

describe('migrationBlockers', () => {
  const application = (change: object) =>
    ({
      engine: 'argocd',
      ref: { kind: 'Application', name: 'orders' },
      tier: 'staging',
      ...{ sync: 'out-of-sync', health: 'healthy', suspended: false },
      resources: [],
      ...change,
    } as unknown as Application);
  const deployment = {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    name: 'orders',
  };
  const drifted = application({
    resources: [
      {
        ...deployment,
        namespace: 'shop',
        sync: 'out-of-sync',
        message: 'replicas',
      },
      {
        ...deployment,
        kind: 'StatefulSet',
        name: 'old',
        requiresPruning: true,
        sync: 'out-of-sync',
      },
      { ...deployment, name: 'fine', sync: 'synced' },
    ],
  });

  it.each([
    [2, ['apply Deployment shop/orders differs from Git (replicas)']],
    [
      3,
      [
        'apply Deployment shop/orders differs',
        'delete StatefulSet old is not in Git any more and would be deleted, with the data',
      ],
    ],
    [
      4,
      [
        'revert Deployment shop/orders differs from Git (replicas) and would be set back',
        'delete StatefulSet old',
      ],
    ],
  ] as const)('tells what phase %s of Argo CD would do', (phase, expected) => {
    const blockers = migrationBlockers(drifted, phase);
    expect(blockers.map(({ kind, message }) => `${kind} ${message}`)).toEqual(
      expected.map(words => expect.stringContaining(words)),
    );
  });

  it('tells what stands in the way beside single objects', () => {
    const kinds = (change: object, phase: 2 | 3 | 4, siblings: object[] = []) =>
      migrationBlockers(
        application({ sync: 'synced', ...change }),
        phase,
        siblings as never,
      ).map(({ kind, message }) => `${kind}: ${message}`);
    expect(kinds({}, 4)).toEqual([]);
    expect(
      kinds({ tier: 'production' }, 2, [
        { environment: 'staging', tier: 'staging', phase: 1 },
        { environment: 'dev', tier: 'development', phase: 2 },
      ]),
    ).toEqual([
      expect.stringMatching(/order: .*: staging should have it first/),
    ]);
    expect(
      kinds({ health: 'degraded', healthMessage: 'CrashLoopBackOff' }, 2),
    ).toEqual([
      expect.stringContaining('health: It is degraded: CrashLoopBackOff'),
    ]);
    expect(kinds({ staleSince: '2026-01-01', resourceCount: 900 }, 3)).toEqual([
      expect.stringContaining('has not been seen since'),
      expect.stringContaining('Only 0 of its 900'),
    ]);
    const suspended = {
      engine: 'flux',
      suspended: true,
      health: 'suspended',
      sync: 'unknown',
    };
    expect(kinds(suspended, 2)).toEqual([expect.stringContaining('flux diff')]);
    expect(
      kinds({ engine: 'flux', ref: { kind: 'Kustomization' } }, 4),
    ).toEqual([expect.stringContaining('stays in the cluster')]);
  });
});
