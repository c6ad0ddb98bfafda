import type { IPullRequestGenerator } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import type { PreviewModel } from './PreviewModel';

type Forge = PreviewModel['forge'];

const originOf = ({ host, plainHttp }: Forge) =>
  `${plainHttp ? 'http' : 'https'}://${host}`;

const tokenRef = ({ secret }: Forge) =>
  secret ? { tokenRef: { secretName: secret.name, key: secret.key } } : {};

/** Text as a regular expression of Go that means nothing else. */
const literally = (text: string) => text.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&');

type Generator = (
  forge: Forge,
  labels: string[],
) => Partial<IPullRequestGenerator>;

const GENERATORS: Record<Forge['kind'], Generator> = {
  gitea: (forge, labels) => ({
    gitea: {
      owner: forge.owner,
      repo: forge.repo,
      api: originOf(forge),
      labels,
      ...tokenRef(forge),
    },
  }),
  github: (forge, labels) => ({
    github: {
      owner: forge.owner,
      repo: forge.repo,
      ...(forge.host === 'github.com'
        ? {}
        : { api: `${originOf(forge)}/api/v3` }),
      labels,
      ...tokenRef(forge),
    },
  }),
  gitlab: (forge, labels) => ({
    gitlab: {
      project: `${forge.owner}/${forge.repo}`,
      ...(forge.host === 'gitlab.com' ? {} : { api: originOf(forge) }),
      labels,
      // Closed ones are listed, too, unless it says which.
      pullRequestState: 'opened',
      ...tokenRef(forge),
    },
  }),
  // Bitbucket's pull requests have no labels: a filter on their branches stands in for them.
  bitbucketCloud: forge => ({
    bitbucket: {
      owner: forge.owner,
      repo: forge.repo,
      ...(forge.secret && {
        bearerToken: {
          tokenRef: { secretName: forge.secret.name, key: forge.secret.key },
        },
      }),
    },
  }),
  bitbucketServer: forge => ({
    bitbucketServer: {
      project: forge.project!,
      repo: forge.repo,
      api: originOf(forge),
      ...(forge.secret && {
        bearerToken: {
          tokenRef: { secretName: forge.secret.name, key: forge.secret.key },
        },
      }),
    },
  }),
  azure: (forge, labels) => ({
    azuredevops: {
      organization: forge.owner,
      project: forge.project!,
      repo: forge.repo,
      ...(forge.host === 'dev.azure.com' ? {} : { api: originOf(forge) }),
      labels,
      ...tokenRef(forge),
    },
  }),
};

/** What Argo CD's pull-request generator reads: open ones with the label, for the branch. */
export function pullRequestGenerator(
  model: PreviewModel,
): IPullRequestGenerator {
  const { forge, label, targetBranch } = model;
  return {
    // Of the forges' webhooks, the ApplicationSet controller knows only some.
    requeueAfterSeconds: 60,
    ...GENERATORS[forge.kind](forge, [label]),
    filters: [
      {
        targetBranchMatch: `^${literally(targetBranch)}$`,
        ...(forge.kind.startsWith('bitbucket') && {
          branchMatch: `^${literally(label)}/`,
        }),
      },
    ],
  };
}

const PROVIDERS: Partial<Record<Forge['kind'], string>> = {
  gitea: 'GiteaPullRequest',
  github: 'GitHubPullRequest',
  gitlab: 'GitLabMergeRequest',
  azure: 'AzureDevOpsPullRequest',
};

/** Type and address of the Flux Operator's provider of pull requests. */
export function inputProvider({ forge }: PreviewModel): {
  type: string;
  url: string;
} {
  const path =
    forge.kind === 'azure'
      ? [forge.owner, forge.project!, '_git', forge.repo]
      : [...forge.owner.split('/'), forge.repo];
  return {
    type: PROVIDERS[forge.kind]!,
    url: [originOf(forge), ...path.map(encodeURIComponent)].join('/'),
  };
}
