import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { GiteaFake } from './__testUtils__/GiteaFake';
import { knownServices } from './__testUtils__/knownServices';
import { component, startPortal } from './__testUtils__/startPortal';

// Real Git, real kustomize and a real scaffolder, on what may be a busy machine.
jest.setTimeout(180_000);

const VALUE = 'correct-horse-battery-staple';

const SERVICE = {
  'deploy/base/kustomization.yaml': `resources:
  - deployment.yaml
  - secret.yaml # of the database
`,
  'deploy/base/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
spec:
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      containers:
        - name: orders
          image: registry.example.com/payments/orders:1.8.2
          envFrom: [{ secretRef: { name: orders-db } }]
`,
  'deploy/base/secret.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: orders-db
stringData:
  password: ${VALUE}
`,
  'deploy/overlays/dev/kustomization.yaml':
    'namespace: orders-dev\nresources: [../../base]\n',
  'deploy/overlays/production/kustomization.yaml':
    'namespace: orders-production\nresources: [../../base]\n',
};

describe('the golden paths of secrets and policies', () => {
  const forge = new GiteaFake();
  const folders: string[] = [];
  let portal: Awaited<ReturnType<typeof startPortal>>;

  beforeAll(async () => {
    await forge.start();
    portal = await startPortal({
      forge,
      gitops: knownServices({
        name: 'orders',
        cloneUrl: `${forge.url}/payments/orders.git`,
      }),
      entities: [component('orders')],
    });
  });
  beforeEach(() => {
    forge.reset();
    forge.createRepository('platform/gitops');
    forge.commit('platform/gitops', 'main', { 'README.md': '# Platform\n' });
    forge.createRepository('payments/orders');
    forge.commit('payments/orders', 'main', SERVICE);
  });
  afterAll(async () => {
    await portal?.stop();
    await forge.stop();
    folders.forEach(folder => rmSync(folder, { recursive: true }));
  });

  const checkOut = (name: string) => {
    const root = mkdtempSync(path.join(tmpdir(), 'guardrail-path-'));
    folders.push(root);
    execFileSync('git', ['clone', '--quiet', forge.directory(name), root]);
    return {
      has: (file: string) => existsSync(path.join(root, file)),
      text: (file: string) => readFileSync(path.join(root, file), 'utf8'),
    };
  };

  const vault = {
    entityRef: 'component:default/orders',
    secretName: 'orders-db',
    store: 'vault',
    storeName: 'vault',
    vaultServer: 'https://vault.example.com',
    vaultRole: 'orders-{environment}',
    vaultPath: 'secret',
    vaultVersion: 'v2',
    vaultMountPath: 'kubernetes',
    remoteKey: 'payments/{name}/{environment}',
    refreshInterval: '1h',
    creationPolicy: 'Owner',
    deletionPolicy: 'Retain',
  };

  const policies = {
    step: 'audit',
    policies: ['require-team-label', 'preview-clean-up'],
    engine: 'kyverno',
    networkPolicy: 'same-namespace',
    timeToLiveHours: 48,
    registrationEngine: 'argocd',
    project: 'default',
  };

  it.each(['external-secret', 'add-policy'])(
    'names actions that exist, with inputs that they know: %s',
    async template => {
      expect(await portal.misfits(template)).toEqual([]);
    },
  );

  it('takes a secret out of Git, shows its value nowhere, and does nothing twice', async () => {
    const { error, log, output } = await portal.create(
      vault,
      'external-secret',
    );

    expect(error).toBeUndefined();
    const [pull]: any[] = forge.pulls('payments/orders');
    expect(pull.body).toContain('`payments/orders/dev`');
    expect(pull.body).toContain('ExternalSecret');
    expect(pull.body).toContain('Secret orders-dev/orders-db');
    expect(JSON.stringify([pull, log, output])).not.toContain(VALUE);
    expect(output?.text.map(({ title }) => title)).toEqual([
      'Put the values into the store first',
      'Values have to be replaced',
    ]);
    forge.merge('payments/orders', pull.number);
    const service = checkOut('payments/orders');
    expect(service.has('deploy/base/secret.yaml')).toBe(false);
    expect(service.text('deploy/base/kustomization.yaml')).toBe(
      'resources:\n  - deployment.yaml\n',
    );
    expect(
      parse(service.text('deploy/overlays/dev/secret-store-vault.yaml')).spec
        .provider.vault.auth.kubernetes,
    ).toEqual({
      mountPath: 'kubernetes',
      role: 'orders-dev',
      serviceAccountRef: { name: 'orders' },
    });

    const again = await portal.create(vault, 'external-secret');
    expect(again.error).toBeUndefined();
    expect(again.output?.text.map(({ title }) => title)).toEqual([
      'Nothing to do',
    ]);
    expect(forge.pulls('payments/orders')).toHaveLength(1);
  });

  it.each([
    ['cluster', {}, ['ClusterSecretStore', undefined]],
    ['existing', {}, ['SecretStore', undefined]],
    [
      'aws',
      { awsRegion: 'eu-west-1', remoteKey: '{name}/{environment}' },
      ['SecretStore', 'aws'],
    ],
    [
      'azure',
      {
        azureVaultUrl: 'https://orders.vault.azure.net',
        remoteKey: '{name}-{environment}-{key}',
      },
      ['SecretStore', 'azurekv'],
    ],
    [
      'gcp',
      { gcpProjectId: 'shop-dev', remoteKey: '{name}-{environment}-{key}' },
      ['SecretStore', 'gcpsm'],
    ],
    [
      'onepassword',
      {
        onepasswordVault: 'Shop',
        onepasswordToken: 'onepassword-token',
        remoteKey: '{name} {environment}',
      },
      ['SecretStore', 'onepasswordSDK'],
    ],
  ])('fills in a store of %s', async (store, fields, [kind, provider]) => {
    // What was typed for Vault before is still there, as a form leaves it.
    const { directoryContents } = await portal.dryRun(
      { ...vault, storeName: 'store', store, ...fields },
      {},
      'external-secret',
    );
    const read = (name: string) => {
      const file = directoryContents.find(
        one =>
          one.path.startsWith('service/deploy/') && one.path.endsWith(name),
      );
      return (
        file && parse(Buffer.from(file.base64Content, 'base64').toString())
      );
    };
    expect(
      read('overlays/dev/external-secret-orders-db.yaml').spec.secretStoreRef,
    ).toEqual({ kind, name: 'store' });
    expect(
      Object.keys(read('secret-store-store.yaml')?.spec.provider ?? {})[0],
    ).toBe(provider);
    expect(forge.pulls('payments/orders')).toEqual([]);
  });

  it('says what a form let through and the action does not, and leaves nothing', async () => {
    const { error } = await portal.create(
      { ...vault, remoteKey: '../{name}' },
      'external-secret',
    );
    expect(error).toMatch(/remoteKey.*a path of Vault/);
    expect(forge.branches('payments/orders')).toEqual(['main']);
  });

  it('adds policies that report, and enforces them in a second run', async () => {
    const early = await portal.create(
      { ...policies, step: 'enforce' },
      'add-policy',
    );
    expect(early.error).toMatch(/is not in the repository yet/);

    const added = await portal.create(policies, 'add-policy');
    expect(added.error).toBeUndefined();
    const [pull]: any[] = forge.pulls('platform/gitops');
    expect(pull.body).toContain('| require-team-label | new, reports |');
    expect(pull.body).toContain('kyverno test ./policies/kyverno');
    expect(pull.body).toContain('ValidatingPolicy');
    forge.merge('platform/gitops', pull.number);
    const file = 'policies/kyverno/require-team-label/policy.yaml';
    const platform = checkOut('platform/gitops');
    expect(parse(platform.text(file)).spec.validationActions).toEqual([
      'Audit',
    ]);
    expect(
      parse(platform.text('argocd/policies/policies-kyverno.yaml')).spec.source
        .path,
    ).toBe('policies/kyverno');

    const nothing = await portal.create(policies, 'add-policy');
    expect(nothing.output?.text.map(({ title }) => title)).toEqual([
      'Nothing to do',
    ]);

    const enforced = await portal.create(
      { ...policies, step: 'enforce' },
      'add-policy',
    );
    expect(enforced.error).toBeUndefined();
    const second: any = forge.pulls('platform/gitops')[1];
    expect(second.body).toMatch(/^[-+].*Deny/m);
    forge.merge('platform/gitops', second.number);
    expect(
      parse(checkOut('platform/gitops').text(file)).spec.validationActions,
    ).toEqual(['Deny']);
  });

  it('changes nothing in a dry run, and shows the policies with their tests', async () => {
    const { directoryContents } = await portal.dryRun(
      { ...policies, engine: 'gatekeeper', policies: ['require-probes'] },
      {},
      'add-policy',
    );
    expect(directoryContents.map(one => one.path)).toEqual(
      expect.arrayContaining([
        'platform/policies/gatekeeper/constraints/require-probes.yaml',
        'platform/policies/gatekeeper/tests/require-probes/suite.yaml',
      ]),
    );
    expect(forge.branches('platform/gitops')).toEqual(['main']);
  });
});
