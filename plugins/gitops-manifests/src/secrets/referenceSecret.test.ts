import { rm } from 'node:fs/promises';
import path from 'node:path';
import { orders } from '../__testUtils__/orders';
import { writeFiles } from '../__testUtils__/writeFiles';
import { changedTree, type ManifestTree } from '../edit';
import { buildKustomization, validateFolder } from '../kustomize';
import { parseServiceModel } from '../model';
import { renderWorkload } from '../workload';
import { referenceSecret } from './referenceSecret';
import type { SecretReferenceInput } from './secretReference';

// Each overlay is a process; a busy machine takes its time.
jest.setTimeout(180_000);

/** No output of anything may ever hold it. */
const VALUE = 'correct-horse-battery-staple';
const ENCODED = Buffer.from(VALUE).toString('base64');

const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: orders-db
stringData:
  user: orders
  password: ${VALUE}
`;

const vault: SecretReferenceInput = {
  name: 'orders-db',
  service: 'orders',
  team: 'payments',
  store: {
    kind: 'SecretStore',
    name: 'vault',
    provider: {
      type: 'vault',
      server: 'https://vault.example.com',
      role: 'orders-{environment}',
    },
  },
  remoteKey: 'payments/{name}/{environment}',
};

const shared: SecretReferenceInput = {
  ...vault,
  store: { kind: 'ClusterSecretStore', name: 'vault' },
};

/** The folder `deploy` of a service, with files of its own or changed ones. */
function treeWith(
  files: Record<string, string>,
  edits: Record<string, (text: string) => string> = {},
): ManifestTree {
  const tree = new Map(
    renderWorkload(parseServiceModel(orders)).map(file => [
      file.path.replace('deploy/', ''),
      file.content,
    ]),
  );
  for (const [file, text] of Object.entries(files)) {
    tree.set(file, text);
  }
  for (const [file, edit] of Object.entries(edits)) {
    tree.set(file, edit(tree.get(file)!));
  }
  return tree;
}

const naming = (file: string) => (text: string) =>
  text.replace('resources:\n', `resources:\n  - ${file} # of the database\n`);

const inBase = (text = SECRET) =>
  treeWith(
    { 'base/secret.yaml': text },
    {
      'base/kustomization.yaml': naming('secret.yaml'),
      'base/deployment.yaml': content =>
        content.replace(
          '          env:\n',
          '          envFrom:\n            - secretRef:\n                name: orders-db\n          env:\n',
        ),
    },
  );

const asText = (changes: ReadonlyArray<{ path: string; content?: string }>) =>
  changes
    .map(({ path: file, content }) => `# ${file}\n${content ?? '(deleted)\n'}`)
    .join('\n');

describe('referenceSecret', () => {
  const roots: string[] = [];
  afterAll(() => Promise.all(roots.map(root => rm(root, { recursive: true }))));
  const build = async (tree: ManifestTree) => {
    const root = await writeFiles(
      [...tree].map(([file, content]) => ({ path: file, content })),
    );
    roots.push(root);
    return validateFolder(root);
  };

  const buildOverlay = async (tree: ManifestTree, name: string) => {
    const root = await writeFiles(
      [...tree].map(([file, content]) => ({ path: file, content })),
    );
    roots.push(root);
    return buildKustomization(path.join(root, 'overlays', name));
  };

  it('takes a Secret of the base out of Git, and leaves a reference per environment', async () => {
    const tree = inBase();
    const result = referenceSecret(tree, vault);

    expect(asText(result.changes)).toMatchSnapshot();
    expect(result.removed).toEqual([
      { path: 'base/secret.yaml', what: 'file' },
    ]);
    expect(result.mustRotate).toBe(true);
    expect(result.environments[0]).toEqual({
      name: 'dev',
      store: 'vault',
      references: [
        { secretKey: 'user', key: 'payments/orders/dev', property: 'user' },
        {
          secretKey: 'password',
          key: 'payments/orders/dev',
          property: 'password',
        },
      ],
    });
    expect(JSON.stringify(result)).not.toContain(VALUE);

    const overlays = await build(changedTree(tree, result.changes));
    for (const { name, objects } of overlays) {
      const secret: any = objects.find(({ kind }) => kind === 'ExternalSecret');
      expect(secret.metadata).toMatchObject({
        name: 'orders-db',
        namespace: `orders-${name}`,
        labels: {
          'backstage.io/kubernetes-id': 'orders',
          'fairway.dev/environment': name,
          team: 'payments',
        },
      });
      expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
      const workload: any = objects.find(({ kind }) => kind === 'Deployment');
      expect(
        workload.spec.template.spec.containers[0].envFrom[0].secretRef.name,
      ).toBe(secret.spec.target.name);
    }
  });

  it('writes one reference into the base where nothing differs', async () => {
    const tree = inBase();
    const { changes } = referenceSecret(tree, {
      ...shared,
      remoteKey: 'payments/{name}',
    });
    expect(changes.map(change => change.path)).toEqual([
      'base/external-secret-orders-db.yaml',
      'base/kustomization.yaml',
      'base/secret.yaml',
    ]);
    await build(changedTree(tree, changes));
  });

  it('does nothing twice', () => {
    for (const input of [vault, shared, { ...shared, remoteKey: 'a/{name}' }]) {
      const tree = inBase(
        SECRET.replace(
          'kind: Secret',
          'kind: Secret\ntype: example.com/database',
        ),
      );
      const once = changedTree(tree, referenceSecret(tree, input).changes);
      const twice = referenceSecret(once, input);
      expect(twice.changes).toEqual([]);
      expect(twice).toMatchObject({ removed: [], mustRotate: false });
    }
  });

  it('leaves the other documents of a file to the letter', () => {
    const others = [
      `# Settings\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n`,
      `---   # the third\napiVersion: v1\nkind: ConfigMap\nmetadata:\n    name: b # four spaces\n`,
    ];
    const tree = inBase(`${others[0]}---\n${SECRET}${others[1]}`);
    const { changes, removed } = referenceSecret(tree, shared);
    expect(removed).toEqual([{ path: 'base/secret.yaml', what: 'document' }]);
    expect(
      changes.find(change => change.path === 'base/secret.yaml')?.content,
    ).toBe(others.join(''));
    const first = referenceSecret(inBase(`${SECRET}${others[1]}`), shared);
    expect(
      first.changes.find(change => change.path === 'base/secret.yaml')?.content,
    ).toBe(others[1]);
  });

  it('takes out what generates and what patches a Secret, with the files that only they read', async () => {
    const generator = `secretGenerator:
  - name: other
    literals: [a=b]
  # The database
  - name: orders-db
    literals:
      - user=orders
    files:
      - key.pem
      - ca=certificates/ca.pem
    envs: [database.env]
`;
    const tree = treeWith(
      {
        'base/key.pem': VALUE,
        'base/certificates/ca.pem': VALUE,
        'base/database.env': `# of the team\npassword=${VALUE}\n`,
        'overlays/dev/secret-patch.yaml': SECRET.replace('user', 'extra'),
      },
      {
        'base/kustomization.yaml': text => `${text}${generator}`,
        'base/deployment.yaml': text =>
          text
            .replace('volumes: []', '')
            .replace(
              '          env:\n',
              '          envFrom:\n            - secretRef:\n                name: orders-db\n          env:\n',
            ),
        'overlays/dev/kustomization.yaml': text =>
          text.replace(
            '  - path: deployment-patch.yaml\n',
            `  - path: deployment-patch.yaml\n  - path: secret-patch.yaml\n    target:\n      kind: Secret\n      name: orders-db.*\n  - target: { kind: Secret, name: orders-db }\n    patch: |-\n      - op: add\n        path: /stringData\n        value: { token: ${VALUE} }\n`,
          ),
      },
    );
    const { changes, notes, environments } = referenceSecret(tree, shared);

    expect(asText(changes)).toMatchSnapshot();
    expect(asText(changes)).not.toContain(VALUE);
    expect(notes.join('\n')).toMatch(/loses the hash/);
    expect(environments[0].references.map(item => item.secretKey)).toEqual([
      'extra',
      'password',
      'user',
      'key.pem',
      'ca',
    ]);
    const objects: any[] = await buildOverlay(
      changedTree(tree, changes),
      'dev',
    );
    const workload = objects.find(({ kind }) => kind === 'Deployment');
    expect(
      workload.spec.template.spec.containers[0].envFrom[0].secretRef.name,
    ).toBe('orders-db');
    expect(
      objects.filter(({ kind }) => kind === 'Secret').map(o => o.metadata.name),
    ).toEqual([expect.stringMatching(/^other-/)]);
  });

  it('goes where the Secret is, and refuses to leave an environment without it', async () => {
    const tree = treeWith(
      { 'overlays/dev/secret.yaml': SECRET },
      { 'overlays/dev/kustomization.yaml': naming('secret.yaml') },
    );
    const { environments, changes } = referenceSecret(tree, vault);
    expect(environments.map(({ name }) => name)).toEqual(['dev']);
    await build(changedTree(tree, changes));
    expect(() =>
      referenceSecret(tree, { ...vault, environments: ['production'] }),
    ).toThrow(/used in dev, too/);
    expect(() =>
      referenceSecret(inBase(), { ...vault, environments: ['dev'] }),
    ).toThrow(/used in preview, production, staging, too/);
  });

  it('keeps what kind of Secret it is', () => {
    const tree = inBase(
      SECRET.replace(
        'kind: Secret',
        'kind: Secret\nimmutable: true\ntype: kubernetes.io/basic-auth',
      ),
    );
    const { changes } = referenceSecret(tree, {
      ...shared,
      remoteKey: 'payments/{name}',
      template: {
        data: { url: 'postgres://{{ .user }}:{{ .password }}@db' },
        mergePolicy: 'Merge',
      },
    });
    expect(changes[0].content).toMatchSnapshot();
  });

  const stores: Array<[string, Record<string, unknown>, string]> = [
    ['vault', vault.store.provider!, 'a/{environment}'],
    [
      'aws',
      {
        type: 'aws',
        region: 'eu-west-1',
        role: 'arn:aws:iam::123456789012:role/{environment}/orders',
      },
      'payments/{name}-{environment}',
    ],
    [
      'azure',
      {
        type: 'azure',
        vaultUrl: 'https://orders-{environment}.vault.azure.net',
        tenantId: '00000000-0000-0000-0000-000000000000',
      },
      '{name}-{key}',
    ],
    [
      'gcp',
      {
        type: 'gcp',
        projectId: 'shop-{environment}',
        clusterLocation: 'europe-west1',
        clusterName: 'main',
      },
      '{name}-{key}',
    ],
    [
      'onepassword',
      {
        type: 'onepassword',
        vault: 'Shop {environment}',
        token: { name: 'one-password', key: 'token' },
      },
      'orders database',
    ],
    [
      'onepassword-connect',
      {
        type: 'onepassword',
        vault: 'shop',
        connectHost: 'https://connect.example.com',
        token: { name: 'one-password', key: 'token' },
      },
      'orders database',
    ],
  ];
  it.each(stores)(
    'writes a store of %s that holds no credential',
    async (name, provider, remoteKey) => {
      const tree = inBase();
      const { changes } = referenceSecret(tree, {
        ...vault,
        store: { kind: 'SecretStore', name, provider },
        remoteKey,
        environments: undefined,
        keys: ['user_name', 'password'],
      });
      const written = changes.filter(({ path: file }) =>
        /^(base|overlays\/dev)\/(secret-store|external)/.test(file),
      );
      expect(asText(written)).toMatchSnapshot();
      await buildOverlay(changedTree(tree, changes), 'dev');
    },
  );

  it('names a Secret that is new', () => {
    const tree = treeWith({});
    expect(() => referenceSecret(tree, vault)).toThrow(/name the keys/);
    const { changes, mustRotate, notes } = referenceSecret(tree, {
      ...vault,
      keys: ['token'],
      environments: ['production'],
    });
    expect(changes.map(change => change.path)).toEqual([
      'overlays/production/external-secret-orders-db.yaml',
      'overlays/production/kustomization.yaml',
      'overlays/production/secret-store-vault.yaml',
    ]);
    expect({ mustRotate, notes }).toEqual({ mustRotate: false, notes: [] });
  });

  const refused: Array<[string, object, RegExp]> = [
    [
      'a key that leads out of its path',
      { remoteKey: '../other/{name}' },
      /path of Vault/,
    ],
    ['a key with a line break', { remoteKey: 'a\nspec: {}' }, /one line/],
    [
      'a key with a mark of a template',
      { remoteKey: 'a/${{ secrets.x }}' },
      /template marks/,
    ],
    ['a key with a place that is none', { remoteKey: 'a/{team}' }, /no braces/],
    [
      'one place for two keys',
      {
        remoteKey: 'x-{key}',
        store: {
          ...vault.store,
          provider: { type: 'azure', vaultUrl: 'https://a.vault.azure.net' },
        },
        keys: ['a_b', 'a.b'],
      },
      /same place/,
    ],
    ['a name with a path', { name: '../orders' }, /lower-case/],
    [
      'a store with a path',
      { store: { kind: 'ClusterSecretStore', name: 'a/../b' } },
      /lower-case/,
    ],
    [
      'a store that ends with a dash',
      { store: { kind: 'ClusterSecretStore', name: 'a-' } },
      /store\.name/,
    ],
    [
      'a cluster store of its own',
      { store: { ...vault.store, kind: 'ClusterSecretStore' } },
      /platform team/,
    ],
    [
      'a password in an address',
      {
        store: {
          ...vault.store,
          provider: {
            type: 'vault',
            server: 'https://a:b@c.example',
            role: 'x',
          },
        },
      },
      /without user/,
    ],
    [
      'a token in a store',
      {
        store: {
          ...vault.store,
          provider: {
            type: 'vault',
            server: 'https://c.example',
            role: 'x',
            token: 's.123',
          },
        },
      },
      /token/,
    ],
    ['a value', { value: VALUE }, /value/],
    [
      'a provider nobody knows',
      { store: { ...vault.store, provider: { type: 'file' } } },
      /type/,
    ],
    [
      'a role with marks',
      {
        store: {
          ...vault.store,
          provider: {
            type: 'vault',
            server: 'https://c.example',
            role: 'x: y',
          },
        },
      },
      /role of Vault/,
    ],
    ['a key of a Secret with marks', { keys: ['a: b'] }, /key of a Secret/],
    ['a key twice', { keys: ['a', 'a'] }, /once/],
    ['no duration', { refreshInterval: '1 day' }, /duration/],
    [
      'to delete what it does not own',
      { creationPolicy: 'Orphan', deletionPolicy: 'Delete' },
      /Owner/,
    ],
    ['to merge into what goes', { creationPolicy: 'Merge' }, /in Git goes/],
    [
      'an environment that is none',
      { environments: ['qa'] },
      /no overlay "qa"/,
    ],
  ];
  it.each(refused)('refuses %s', (_what, change, message) => {
    const attempt = () =>
      referenceSecret(inBase(), {
        ...vault,
        ...change,
      } as SecretReferenceInput);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ name: 'InputError' }));
    expect(attempt).not.toThrow(VALUE);
  });

  it('refuses a tree in which the Secret is used in other ways', () => {
    const edited = (file: string, more: string) => {
      const tree = inBase();
      return new Map([...tree, [file, `${tree.get(file)}${more}`]]);
    };
    expect(() =>
      referenceSecret(
        edited(
          'overlays/dev/kustomization.yaml',
          'replacements:\n  - source: { kind: Secret, name: orders-db, fieldPath: data.user }\n    targets: []\n',
        ),
        shared,
      ),
    ).toThrow(/replacements/);
    expect(() =>
      referenceSecret(
        edited('overlays/dev/kustomization.yaml', 'namePrefix: dev-\n'),
        vault,
      ),
    ).toThrow(/namePrefix.*ClusterSecretStore/);
    expect(() =>
      referenceSecret(
        inBase(
          `apiVersion: v1\nkind: List\nitems:\n${SECRET.replace(
            /^/gm,
            '  ',
          ).replace('  api', '- api')}`,
        ),
        { ...shared, keys: ['user'] },
      ),
    ).toThrow(/List/);
    expect(() =>
      referenceSecret(
        edited('overlays/dev/extra.yaml', 'x: 1\n').set(
          'base/es.yaml',
          'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: orders-db }\nspec: {}\n',
        ),
        shared,
      ),
    ).toThrow(/base\/es\.yaml has the ExternalSecret "orders-db" already/);
    expect(() => referenceSecret(new Map(), shared)).toThrow(/no "base"/);
  });

  it('hides nothing behind a value that is hidden', () => {
    expect(
      JSON.stringify(
        referenceSecret(
          inBase(SECRET.replace('stringData', 'data').replace(VALUE, ENCODED)),
          vault,
        ),
      ),
    ).not.toContain(ENCODED);
  });
});
