import { mockServices } from '@backstage/backend-test-utils';
import { ScmIntegrations } from '@backstage/integration';
import { generateKeyPairSync } from 'node:crypto';
import { ForgeReplay } from './ForgeReplay';

type ConfigData = NonNullable<
  NonNullable<Parameters<typeof mockServices.rootConfig>[0]>['data']
>;

/** A forge of a kind, as it is configured, and what it is expected to be asked. */
export interface ReplayedForge {
  /** Folder of the fixtures. */
  kind: string;
  /** Where its API is on the server that plays it. */
  prefix: string;
  /** Section of `integrations:`, with the address of that server. */
  integration(url: string): ConfigData;
  /** An origin that cannot be configured. */
  standsInFor?: string;
  repoUrl: string;
  /** The same in a place that does not exist. */
  elsewhere: string;
  webUrl: string;
  cloneUrl: string;
  credentials: object;
  /** Page of pull request 1. */
  pullUrl: string;
}

const GITHUB = {
  kind: 'github',
  credentials: { username: 'x-access-token', password: 'github-token' },
  // Its pages are those that it names itself.
  pullUrl: 'https://github.com/acme/orders/pull/1',
};
const GITLAB = {
  kind: 'gitlab',
  credentials: { username: 'oauth2', password: 'gitlab-token' },
  pullUrl: 'https://gitlab.example.com/shop/payments/orders/-/merge_requests/1',
};

/** Every kind of forge but Gitea, which tests have a real one of. */
export const REPLAYED_FORGES: Record<string, ReplayedForge> = {
  GitHub: {
    ...GITHUB,
    prefix: '',
    integration: url => ({
      github: [{ host: 'github.com', apiBaseUrl: url, token: 'github-token' }],
    }),
    repoUrl: 'github.com?owner=acme&repo=orders',
    elsewhere: 'github.com?owner=nobody-at-all&repo=orders',
    webUrl: 'https://github.com/acme/orders',
    cloneUrl: 'https://github.com/acme/orders.git',
  },
  'GitHub Enterprise Server': {
    ...GITHUB,
    prefix: '/api/v3',
    integration: url => ({
      github: [
        {
          host: 'github.example.com',
          apiBaseUrl: `${url}/api/v3`,
          token: 'github-token',
        },
      ],
    }),
    repoUrl: 'github.example.com?owner=acme&repo=orders',
    elsewhere: 'github.example.com?owner=nobody-at-all&repo=orders',
    webUrl: 'https://github.example.com/acme/orders',
    cloneUrl: 'https://github.example.com/acme/orders.git',
  },
  'GitLab, with groups in groups': {
    ...GITLAB,
    prefix: '/api/v4',
    integration: url => ({
      gitlab: [
        {
          host: 'gitlab.example.com',
          apiBaseUrl: `${url}/api/v4`,
          token: 'gitlab-token',
        },
      ],
    }),
    repoUrl: 'gitlab.example.com?owner=shop%2Fpayments&repo=orders',
    elsewhere: 'gitlab.example.com?owner=nobody-at-all&repo=orders',
    webUrl: 'https://gitlab.example.com/shop/payments/orders',
    cloneUrl: 'https://gitlab.example.com/shop/payments/orders.git',
  },
  'GitLab below a folder of its server': {
    ...GITLAB,
    prefix: '/lab/api/v4',
    integration: url => ({
      gitlab: [
        {
          host: 'gitlab.example.com',
          apiBaseUrl: `${url}/lab/api/v4`,
          baseUrl: 'https://gitlab.example.com/lab',
          token: 'gitlab-token',
        },
      ],
    }),
    repoUrl: 'gitlab.example.com?owner=shop%2Fpayments&repo=orders',
    elsewhere: 'gitlab.example.com?owner=nobody-at-all&repo=orders',
    webUrl: 'https://gitlab.example.com/lab/shop/payments/orders',
    cloneUrl: 'https://gitlab.example.com/lab/shop/payments/orders.git',
  },
  'Bitbucket Cloud': {
    kind: 'bitbucketCloud',
    prefix: '/2.0',
    integration: () => ({
      bitbucketCloud: [
        { username: 'fairway@example.com', token: 'bitbucket-token' },
      ],
    }),
    standsInFor: 'https://api.bitbucket.org',
    repoUrl: 'bitbucket.org?workspace=acme&project=PAY&repo=orders',
    elsewhere: 'bitbucket.org?workspace=nobody-at-all&project=PAY&repo=orders',
    webUrl: 'https://bitbucket.org/acme/orders',
    cloneUrl: 'https://bitbucket.org/acme/orders.git',
    credentials: {
      username: 'x-bitbucket-api-token-auth',
      password: 'bitbucket-token',
    },
    pullUrl: 'https://bitbucket.org/acme/orders/pull-requests/1',
  },
  'Bitbucket Server': {
    kind: 'bitbucketServer',
    prefix: '/rest',
    integration: url => ({
      bitbucketServer: [
        {
          host: 'bitbucket.example.com',
          apiBaseUrl: `${url}/rest/api/1.0`,
          token: 'server-token',
        },
      ],
    }),
    repoUrl: 'bitbucket.example.com?project=PAY&repo=orders',
    elsewhere: 'bitbucket.example.com?project=nobody-at-all&repo=orders',
    webUrl: 'URL/projects/PAY/repos/orders',
    cloneUrl: 'URL/scm/pay/orders.git',
    credentials: { token: 'server-token' },
    pullUrl:
      'https://bitbucket.example.com/projects/PAY/repos/orders/pull-requests/1',
  },
  'Azure DevOps': {
    kind: 'azure',
    prefix: '',
    integration: () => ({
      azure: [
        {
          host: 'dev.azure.com',
          credentials: [
            { organizations: ['other'], personalAccessToken: 'wrong' },
            { personalAccessToken: 'azure-token' },
          ],
        },
      ],
    }),
    standsInFor: 'https://dev.azure.com',
    repoUrl: 'dev.azure.com?organization=acme&project=Big%20Shop&repo=orders',
    elsewhere:
      'dev.azure.com?organization=nobody-at-all&project=Big%20Shop&repo=orders',
    webUrl: 'https://dev.azure.com/acme/Big%20Shop/_git/orders',
    cloneUrl: 'https://dev.azure.com/acme/Big%20Shop/_git/orders',
    credentials: { username: 'notempty', password: 'azure-token' },
    pullUrl: 'https://dev.azure.com/acme/Big%20Shop/_git/orders/pullrequest/1',
  },
};

/** Plays a recording; the integrations lead to it until it is stopped. */
export async function startReplay(
  forge: Pick<ReplayedForge, 'kind' | 'prefix' | 'integration' | 'standsInFor'>,
  recording: string,
) {
  const replay = new ForgeReplay(`${forge.kind}/${recording}`, forge.prefix);
  await replay.start();
  const restore = forge.standsInFor
    ? replay.standInFor(forge.standsInFor)
    : () => {};
  const integrations = ScmIntegrations.fromConfig(
    mockServices.rootConfig({
      data: { integrations: forge.integration(replay.url) },
    }),
  );
  return {
    replay,
    integrations,
    stop: async () => {
      restore();
      await replay.stop();
    },
  };
}

/** GitHub with an app in place of a token. */
export const GITHUB_APP: Pick<
  ReplayedForge,
  'kind' | 'prefix' | 'integration'
> = {
  kind: 'github',
  prefix: '/api/v3',
  integration: url => ({
    github: [
      {
        host: 'github.example.com',
        apiBaseUrl: `${url}/api/v3`,
        apps: [
          {
            appId: 42,
            clientId: 'id',
            clientSecret: 'secret',
            privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 })
              .privateKey.export({ type: 'pkcs8', format: 'pem' })
              .toString(),
          },
        ],
      },
    ],
  }),
};
