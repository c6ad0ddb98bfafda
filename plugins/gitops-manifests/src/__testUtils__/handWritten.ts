import type { ManifestTree } from '../edit';
import { changedTree, type ManifestChange } from '../edit';

const BASE = `# The same for all environments.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- deployment.yaml
- service.yaml
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
spec:
  selector:
    matchLabels: {app: orders}
  template:
    metadata:
      labels: {app: orders}
    spec:
      containers:
      - name: orders
        image: registry.example.com/payments/orders
`;

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: orders
spec:
  selector: {app: orders}
  ports:
  - port: 80
`;

interface Environment {
  name: string;
  tag: string;
  replicas: number;
  level: string;
}

const overlay = ({ name, tag, replicas, level }: Environment) => ({
  'kustomization.yaml': `# Orders in ${name}; CI writes the tag.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: orders-${name} # never share it
resources:
- ../../base
- namespace.yaml
labels:
- pairs:
    fairway.dev/environment: ${name}
images:
# The main image.
- name: registry.example.com/payments/orders
  newTag: "${tag}"
replicas: [ { name: orders, count: ${replicas} } ]
configMapGenerator:
- name: orders-settings
  envs: [settings.env]
patches:
- path: patch.yaml # sizes
- target: {kind: Service}
  patch: |-
    - op: add
      path: /metadata/annotations
      value:
        host: orders.${name}.example.com
        fairway.dev/environment: ${name}
`,
  'namespace.yaml': `apiVersion: v1
kind: Namespace
metadata:
  name: orders-${name}
`,
  'patch.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
spec:
  template:
    spec:
      containers:
      - name: orders
        env:
        - name: NODE_ENV
          value: production
        - name: LEVEL # of the log
          value: ${level}
        - name: DATABASE
          value: postgres://db.orders-${name}.svc/orders
`,
  'settings.env': `# What ${name} is like
QUEUE=orders-${name}
NODE_ENV=production
`,
});

/** A service as people write it, with comments, in dev, staging and production. */
export function handWritten(): ManifestTree {
  const tree = new Map([
    ['deploy/base/kustomization.yaml', BASE],
    ['deploy/base/deployment.yaml', DEPLOYMENT],
    ['deploy/base/service.yaml', SERVICE],
    ['README.md', '# Orders\n'],
  ]);
  for (const environment of [
    { name: 'dev', tag: '1.9.0', replicas: 1, level: 'debug' },
    { name: 'staging', tag: '1.8.2', replicas: 2, level: 'info' },
    { name: 'production', tag: '1.8.1', replicas: 4, level: 'info' },
  ]) {
    for (const [file, text] of Object.entries(overlay(environment))) {
      tree.set(`deploy/overlays/${environment.name}/${file}`, text);
    }
  }
  return tree;
}

/** The lines that changes take away and bring, file by file. */
export function changedLines(
  tree: ManifestTree,
  changes: ReadonlyArray<ManifestChange>,
): string {
  return changes
    .map(({ path, content }) => {
      const before = (tree.get(path) ?? '').split('\n');
      const after = (content ?? '').split('\n');
      const lines = lineDifference(before, after);
      return [
        `# ${path}${content === undefined ? ' (deleted)' : ''}`,
        ...lines,
      ];
    })
    .flat()
    .join('\n');
}

function lineDifference(before: string[], after: string[]): string[] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let a = before.length - 1; a >= 0; a -= 1) {
    for (let b = after.length - 1; b >= 0; b -= 1) {
      lengths[a][b] =
        before[a] === after[b]
          ? lengths[a + 1][b + 1] + 1
          : Math.max(lengths[a + 1][b], lengths[a][b + 1]);
    }
  }
  const lines: string[] = [];
  let [a, b] = [0, 0];
  while (a < before.length || b < after.length) {
    if (a < before.length && b < after.length && before[a] === after[b]) {
      a += 1;
      b += 1;
    } else if (
      b >= after.length ||
      (a < before.length && lengths[a + 1][b] >= lengths[a][b + 1])
    ) {
      lines.push(`- ${before[a]}`);
      a += 1;
    } else {
      lines.push(`+ ${after[b]}`);
      b += 1;
    }
  }
  return lines;
}

/** A tree as files to be written. */
export const filesOf = (
  tree: ManifestTree,
  changes: ReadonlyArray<ManifestChange> = [],
) =>
  [...changedTree(tree, changes)].map(([path, content]) => ({ path, content }));
