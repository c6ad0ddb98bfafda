import { ConfigReader } from '@backstage/config';
import { readArgocdConfig } from './readArgocdConfig';

const read = (...instances: Array<Record<string, unknown>>) =>
  readArgocdConfig(
    new ConfigReader({ gitops: { argocd: { instances } } } as any),
  );

const API = {
  name: 'production',
  url: 'https://argocd.example.com/',
  token: 'a-token',
};

describe('readArgocdConfig', () => {
  it('reads the instances that have a token, with their defaults', () => {
    expect(readArgocdConfig(new ConfigReader({}))).toEqual([]);
    expect(
      read(
        { name: 'links', url: 'https://links.example.com' },
        { name: 'a', url: 'https://a.example.com', cluster: 'eu' },
        API,
        {
          name: 'staging',
          url: 'https://argocd.example.com',
          apiUrl: 'https://argocd-server.argocd.svc:8443/root/api/v1/',
          token: 'b-token',
          projects: ['payments', 'orders', 'payments'],
          dangerouslySkipTLSVerify: true,
        },
      ),
    ).toEqual([
      {
        name: 'production',
        apiUrl: 'https://argocd.example.com',
        token: 'a-token',
        dangerouslySkipTLSVerify: false,
      },
      {
        name: 'staging',
        apiUrl: 'https://argocd-server.argocd.svc:8443/root',
        token: 'b-token',
        projects: ['orders', 'payments'],
        dangerouslySkipTLSVerify: true,
      },
    ]);
  });

  it.each([
    ['name', [API, { name: 'production', url: 'https://b' }], '[1].name'],
    ['a URL', [{ name: 'a', token: 't' }], '[0].apiUrl'],
    ['an http URL', [{ ...API, url: 'argocd.example.com' }], '[0].url'],
    ['an http API', [{ ...API, apiUrl: 'file:///etc' }], '[0].apiUrl'],
    ['no password', [{ ...API, apiUrl: 'https://u:p@a' }], '[0].apiUrl'],
    [
      'a use for apiUrl',
      [{ ...API, token: undefined, apiUrl: 'https://a' }],
      '[0].apiUrl',
    ],
    [
      'a use for projects',
      [{ ...API, token: undefined, projects: ['a'] }],
      '[0].projects',
    ],
    [
      'a use for the switch',
      [{ ...API, token: undefined, dangerouslySkipTLSVerify: true }],
      '[0].dangerouslySkipTLSVerify',
    ],
    ['one way to watch', [{ ...API, cluster: 'eu' }], '[0].cluster'],
    ['projects', [{ ...API, projects: [] }], '[0].projects'],
    [
      'names of projects',
      [{ ...API, projects: ['../clusters'] }],
      '[0].projects',
    ],
    [
      'a token that can be sent',
      [{ ...API, token: 'secret-token\n' }],
      '[0].token',
    ],
  ])('asks for %s', (_, instances, key) => {
    expect(() => read(...instances)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(`'gitops.argocd.instances${key}'`),
      }),
    );
    expect(() => read(...instances)).not.toThrow(/secret-token/);
  });
});
