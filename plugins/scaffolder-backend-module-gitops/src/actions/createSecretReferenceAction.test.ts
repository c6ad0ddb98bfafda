import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(60_000);

const VALUE = 'correct-horse-battery-staple';

const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: orders-db
stringData:
  password: ${VALUE}
`;

const vault = {
  path: './service/deploy',
  service: 'orders',
  name: 'orders-db',
  store: { kind: 'ClusterSecretStore', name: 'vault' },
  remoteKey: 'payments/{name}/{environment}',
};

const { run, workspace, write } = useActions();

describe('gitops:secret:reference', () => {
  beforeEach(() => {
    write('service/deploy/base/secret.yaml', SECRET);
    write(
      'service/deploy/base/kustomization.yaml',
      'resources:\n- secret.yaml # no more\n',
    );
    write(
      'service/deploy/overlays/dev/kustomization.yaml',
      'namespace: orders-dev\nresources:\n- ../../base\n',
    );
  });
  const read = (file: string) =>
    readFileSync(path.join(workspace.path, 'service/deploy', file), 'utf8');

  it('replaces what is secret, shows no value, and does nothing twice', async () => {
    const { output, log } = await run('gitops:secret:reference', vault);

    expect(output).toMatchObject({
      files: [
        'base/kustomization.yaml',
        'base/secret.yaml',
        'overlays/dev/external-secret-orders-db.yaml',
        'overlays/dev/kustomization.yaml',
      ],
      mustRotate: true,
      removed: [{ path: 'base/secret.yaml', what: 'file' }],
      environments: [{ name: 'dev', store: 'vault' }],
    });
    expect(output.summary).toContain(
      '| dev | `vault` | `password` from `payments/orders/dev` `password` |',
    );
    expect(output.summary).toMatch(/put new values into the store/);
    expect(JSON.stringify([output, log])).not.toContain(VALUE);
    expect(read('overlays/dev/kustomization.yaml')).toBe(
      'namespace: orders-dev\nresources:\n- ../../base\n- external-secret-orders-db.yaml\n',
    );
    expect(
      readdirSync(path.join(workspace.path, 'service/deploy/base')),
    ).toEqual(['kustomization.yaml']);
    await run('gitops:manifests:validate', { path: vault.path });

    const again = await run('gitops:secret:reference', vault);
    expect(again.output).toMatchObject({ files: [], mustRotate: false });
    expect(again.log.join()).toMatch(/nothing changes/);
  });

  it('takes what a form left empty for what it did not say', async () => {
    await run('gitops:secret:reference', {
      ...vault,
      store: {
        ...vault.store,
        serviceAccount: '',
        provider: { type: '', server: undefined, token: { name: '', key: '' } },
      },
      keys: [],
      refreshInterval: '',
    });
    expect(read('overlays/dev/external-secret-orders-db.yaml')).toContain(
      'refreshInterval: 1h',
    );
  });

  it.each([
    ['a folder outside of the workspace', { path: '../..' }],
    ['a folder that is none', { path: './nowhere' }],
    ['a key that leads elsewhere', { remoteKey: 'a\nb' }],
    ['a name with a path', { name: '../x' }],
  ])('refuses %s, and changes nothing', async (_what, change) => {
    await expect(
      run('gitops:secret:reference', { ...vault, ...change }),
    ).rejects.toThrow();
    expect(read('base/secret.yaml')).toBe(SECRET);
  });
});
