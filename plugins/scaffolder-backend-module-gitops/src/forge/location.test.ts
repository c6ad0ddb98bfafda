import { mockServices } from '@backstage/backend-test-utils';
import { ScmIntegrations } from '@backstage/integration';
import { locationOfCloneUrl, toRepoUrl } from './locationOfCloneUrl';
import { parseLocation } from './parseLocation';

const integrations = ScmIntegrations.fromConfig(
  mockServices.rootConfig({
    data: {
      integrations: {
        gitea: [
          { host: 'git.example.com' },
          { host: 'forge.example.com', baseUrl: 'http://forge.local:3000/git' },
        ],
        github: [{ host: 'github.example.com' }],
        gitlab: [
          {
            host: 'gitlab.example.com',
            apiBaseUrl: 'https://gitlab.example.com/lab/api/v4',
            baseUrl: 'https://gitlab.example.com/lab',
          },
        ],
        bitbucketServer: [
          {
            host: 'bitbucket.example.com',
            apiBaseUrl: 'https://bitbucket.example.com/stash/rest/api/1.0',
          },
        ],
        azure: [{ host: 'azure.example.com' }],
      },
    },
  }),
);

describe('where a repository is', () => {
  it.each([
    [
      'http://forge.local:3000/git/payments/orders.git',
      'forge.example.com?owner=payments&repo=orders',
    ],
    [
      'https://git.example.com/payments/orders',
      'git.example.com?owner=payments&repo=orders',
    ],
    [
      'git@git.example.com:payments/orders.git',
      'git.example.com?owner=payments&repo=orders',
    ],
    [
      'ssh://git@github.example.com:2222/payments/orders.git/',
      'github.example.com?owner=payments&repo=orders',
    ],
    [
      'ssh://git@ssh.github.com:443/payments/orders.git',
      'github.com?owner=payments&repo=orders',
    ],
    [
      'https://gitlab.example.com/lab/shop/payments/orders.git',
      'gitlab.example.com?owner=shop%2Fpayments&repo=orders',
    ],
    [
      'git@gitlab.com:shop/payments/orders.git',
      'gitlab.com?owner=shop%2Fpayments&repo=orders',
    ],
    [
      'https://robot@bitbucket.org/acme/orders.git',
      'bitbucket.org?workspace=acme&repo=orders',
    ],
    [
      'https://bitbucket.example.com/stash/scm/PAY/orders.git',
      'bitbucket.example.com?project=PAY&repo=orders',
    ],
    [
      'ssh://git@bitbucket.example.com:7999/~ada/orders.git',
      'bitbucket.example.com?project=~ada&repo=orders',
    ],
    [
      'https://acme@dev.azure.com/acme/Big%20Shop/_git/orders',
      'dev.azure.com?organization=acme&project=Big%20Shop&repo=orders',
    ],
    [
      'https://dev.azure.com/acme/_git/shop',
      'dev.azure.com?organization=acme&project=shop&repo=shop',
    ],
    [
      'git@ssh.dev.azure.com:v3/acme/shop/orders',
      'dev.azure.com?organization=acme&project=shop&repo=orders',
    ],
    [
      'https://azure.example.com/tfs/Main/shop/_git/orders',
      'azure.example.com?organization=tfs%2FMain&project=shop&repo=orders',
    ],
  ])('%s is %s', (cloneUrl, repoUrl) => {
    const location = locationOfCloneUrl(cloneUrl, integrations)!;
    expect(toRepoUrl(location)).toBe(repoUrl);
    expect(parseLocation(repoUrl, integrations)).toEqual(location);
  });

  it.each([
    'https://nobody.example.com/payments/orders.git',
    'oci://git.example.com/payments/orders',
    'https://git.example.com/payments',
    'https://git.example.com/payments/orders/more',
    'https://git.example.com/payments/..%2f..%2fadmin',
    'https://dev.azure.com/acme/shop/orders',
    'git@ssh.dev.azure.com:acme/shop/orders',
    'https://git.example.com/%zz/orders',
    '/srv/git/orders.git',
    '',
  ])('%j is no repository of ours', cloneUrl => {
    expect(locationOfCloneUrl(cloneUrl, integrations)).toBeUndefined();
  });

  it.each([
    ['git.example.com?owner=a/b&repo=c', /"a\/b" cannot be the owner/],
    ['gitlab.com?owner=a/../b&repo=c', /"\.\." cannot be the owner/],
    ['gitlab.com?project=17', /cannot be the owner/],
    ['bitbucket.org?workspace=a&project=b%2f..&repo=c', /be the project/],
    ['dev.azure.com?organization=a&project=b%3fc&repo=d', /be the project/],
    ['dev.azure.com?project=b&repo=d', /"" cannot be the owner/],
    ['github.com?owner=a&repo=..', /"\.\." cannot be the repo/],
    ['nobody.example.com?owner=a&repo=b', /No matching integration/],
  ])('refuses %s', (repoUrl, rule) => {
    expect(() => parseLocation(repoUrl, integrations)).toThrow(rule);
  });
});
