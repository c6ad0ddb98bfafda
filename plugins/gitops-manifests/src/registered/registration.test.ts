import { parse } from 'yaml';
import { orders } from '../__testUtils__/orders';
import { changedLines } from '../__testUtils__/handWritten';
import { changedTree, type ManifestTree } from '../edit';
import { parseServiceModel } from '../model';
import { renderRegistration } from '../registration';
import { copyRegistration } from './copyRegistration';
import type { RegistrationRef } from './findRegistered';
import { prepareRemoval } from './prepareRemoval';
import { removeRegistration } from './removeRegistration';

const rendered = (engine: 'argocd' | 'flux'): ManifestTree =>
  new Map(
    renderRegistration(parseServiceModel({ ...orders, engine })).map(file => [
      file.path,
      file.content,
    ]),
  );

/** Everything in one file, listed by a kustomization, beside those of others. */
function handWritten(): ManifestTree {
  return new Map([
    [
      'apps/kustomization.yaml',
      '# All services.\nresources:\n- payments\n- shop.yaml # of others\n',
    ],
    ['apps/payments/kustomization.yaml', 'resources:\n- orders.yaml\n'],
    [
      'apps/payments/orders.yaml',
      `# Orders and its staging.
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: payments, namespace: argocd}
spec:
  destinations:
  - {server: 'https://kubernetes.default.svc', namespace: orders-staging}
---
# With manual sync.
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: orders-staging
  namespace: argocd
spec:
  project: payments
  source:
    repoURL: https://git.example.com/payments/orders.git
    path: deploy/overlays/staging # as it is
  destination: {server: 'https://kubernetes.default.svc', namespace: orders-staging}
  syncPolicy:
    automated: {prune: true}
`,
    ],
    [
      'apps/shop.yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\n',
    ],
    ['charts/x/templates/a.yaml', 'apiVersion: {{ x }}\n  - broken: [\n'],
  ]);
}

const application = (name: string): RegistrationRef => ({
  kind: 'Application',
  name,
});
const ENVIRONMENTS = ['dev', 'staging', 'production'];

describe('copyRegistration', () => {
  const input = {
    registration: application('orders-staging'),
    ...{ from: 'staging', environment: 'qa' },
    ...{ path: 'deploy/overlays/qa', namespace: 'orders-qa' },
  };

  it.each([
    ['a path that leads out', { path: '../x' }, 'path'],
    ['a namespace with a line break', { namespace: 'a\nb' }, 'namespace'],
    [
      'a name that does not tell the environment',
      { from: 'test' },
      'does not name its environment',
    ],
    [
      'a registration that is not there',
      { registration: application('x') },
      'There is no',
    ],
    ['a file that is taken', { environment: 'dev' }, 'says something else'],
    [
      'a chart',
      { registration: { kind: 'HelmRelease', name: 'a' } },
      'by hand',
    ],
  ])('refuses %s', (_what, change, rule) => {
    expect(() =>
      copyRegistration(rendered('argocd'), { ...input, ...change } as never),
    ).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });

  it('registers beside the sibling, with manual sync, and lets the project deploy there', () => {
    const tree = rendered('argocd');
    const { changes, path } = copyRegistration(tree, input);
    expect(path).toBe('argocd/orders/qa.yaml');
    expect(parse(changes[0].content!)).toMatchObject({
      metadata: {
        name: 'orders-qa',
        labels: { 'fairway.dev/environment': 'qa', team: 'payments' },
      },
      spec: {
        source: { path: 'deploy/overlays/qa' },
        destination: { namespace: 'orders-qa' },
        syncPolicy: { syncOptions: expect.any(Array) },
      },
    });
    expect(parse(changes[0].content!).spec.syncPolicy).not.toHaveProperty(
      'automated',
    );
    expect(changedLines(tree, changes.slice(1))).toBe(
      '# argocd/orders/project.yaml\n+     - server: https://kubernetes.default.svc\n+       namespace: orders-qa',
    );
    expect(copyRegistration(changedTree(tree, changes), input).changes).toEqual(
      [],
    );
  });

  it('does so in Flux, suspended', () => {
    const tree = rendered('flux');
    const registration = {
      kind: 'Kustomization',
      name: 'orders-staging',
    } as const;
    const { changes } = copyRegistration(tree, { ...input, registration });
    expect(changes).toHaveLength(1);
    expect(parse(changes[0].content!)).toMatchObject({
      metadata: { name: 'orders-qa' },
      spec: { path: './deploy/overlays/qa', suspend: true, prune: false },
    });
  });

  it('takes one document of several, and lists the new file', () => {
    const tree = handWritten();
    const { changes } = copyRegistration(tree, input);
    expect(changedLines(tree, changes)).toMatchSnapshot();
  });
});

describe('removing a registration', () => {
  const all = {
    service: 'orders',
    registrations: ENVIRONMENTS.map(name => application(`orders-${name}`)),
  };

  it.each([
    ['a service with a path', { service: '../x' }, 'service'],
    ['nothing', { registrations: [] }, 'registrations'],
    [
      'a kind that is no registration',
      { registrations: [{ kind: 'Secret', name: 'a' }] },
      'kind',
    ],
  ])('refuses %s', (_what, change, rule) => {
    for (const change1 of [prepareRemoval, removeRegistration]) {
      expect(() =>
        change1(rendered('argocd'), { ...all, ...change } as never),
      ).toThrow(
        expect.objectContaining({
          name: 'InputError',
          message: expect.stringContaining(rule),
        }),
      );
    }
  });

  it('first makes Argo CD delete what runs, then leaves nothing', () => {
    const tree = new Map(rendered('argocd'));
    const dev = 'argocd/orders/dev.yaml';
    tree.set(dev, tree.get(dev)!.replace(/ {2}finalizers:\n.*\n/, ''));
    expect(() => removeRegistration(tree, all)).toThrow(
      /what orders-dev deployed would go on running.*Prepare the removal first/,
    );
    const prepared = prepareRemoval(tree, all);
    expect(changedLines(tree, prepared.changes)).toMatchSnapshot();
    const ready = changedTree(tree, prepared.changes);
    expect(prepareRemoval(ready, all)).toEqual({ changes: [], reasons: [] });

    const { changes, removed, kept } = removeRegistration(ready, all);
    const after = changedTree(ready, changes);
    expect([...after.keys()]).toEqual([]);
    expect(removed.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'Application orders-dev',
      'Application orders-staging',
      'Application orders-production',
      'AppProject service-orders',
    ]);
    expect(kept).toEqual([]);
    expect(removeRegistration(after, all).changes).toEqual([]);
  });

  it('first makes Flux delete what runs, suspended or not, then leaves nothing', () => {
    const tree = rendered('flux');
    const flux = {
      service: 'orders',
      registrations: ENVIRONMENTS.map(name => ({
        kind: 'Kustomization' as const,
        name: `orders-${name}`,
      })),
    };
    const prepared = prepareRemoval(tree, flux);
    expect(changedLines(tree, prepared.changes)).toMatchSnapshot();
    const ready = changedTree(tree, prepared.changes);
    const { changes, removed } = removeRegistration(ready, flux);
    expect([...changedTree(ready, changes).keys()]).toEqual([]);
    expect(removed.at(-1)).toMatchObject({
      kind: 'GitRepository',
      name: 'orders',
    });
  });

  it('keeps what others use, and everything else to the letter', () => {
    const tree = handWritten();
    const staging = {
      service: 'orders',
      registrations: [application('orders-staging')],
    };
    const ready = changedTree(tree, prepareRemoval(tree, staging).changes);
    const { changes, kept } = removeRegistration(ready, staging);
    // The project is the team's, though nobody else is in it now.
    expect(kept).toEqual([
      expect.objectContaining({ kind: 'AppProject', name: 'payments' }),
    ]);
    expect(changedLines(tree, changes)).toMatchSnapshot();

    const alone = new Map(ready);
    const file = 'apps/payments/orders.yaml';
    alone.set(
      file,
      alone
        .get(file)!
        .replace(
          /---\napiVersion: argoproj.io\/v1alpha1\nkind: AppProject[\s\S]*?(?=---\n#)/,
          '',
        ),
    );
    expect(
      changedLines(alone, removeRegistration(alone, staging).changes),
    ).toMatchSnapshot();
  });

  it('keeps a project with another application in it', () => {
    const tree = new Map(rendered('argocd')).set(
      'other.yaml',
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: other}\nspec: {project: service-orders}\n',
    );
    const { removed, kept } = removeRegistration(tree, all);
    expect(removed).toHaveLength(3);
    expect(kept).toEqual([expect.objectContaining({ name: 'service-orders' })]);
  });
});
