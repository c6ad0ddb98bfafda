import path from 'node:path';
import { ForgePullRequest } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { git, resolveRevision } from '../git';
import { Parameters } from './goTemplate';

/** An entry of `spec.generators` of an ApplicationSet, as far as the stand-in reads it. */
export interface Generator {
  pullRequest?: {
    gitea?: { api: string; owner: string; repo: string; labels?: string[] };
    filters?: PullRequestFilter[];
    values?: Record<string, string>;
  };
  git?: {
    repoURL: string;
    revision?: string;
    directories?: Array<{ path: string; exclude?: boolean }>;
    values?: Record<string, string>;
  };
  list?: { elements?: Parameters[] };
}

interface PullRequestFilter {
  branchMatch?: string;
  targetBranchMatch?: string;
  titleMatch?: string;
}

/**
 * What a generator knows of each application.
 *
 * @throws Error - when it cannot read what it names, or is none that the stand-in has.
 */
export async function generate(
  context: ControllerContext,
  generator: Generator,
): Promise<Parameters[]> {
  if (generator.pullRequest) {
    return pullRequests(context, generator.pullRequest);
  }
  if (generator.git?.directories) {
    return directories(context, generator.git);
  }
  if (generator.list) {
    return generator.list.elements ?? [];
  }
  throw new Error(
    `the playground has no generator ${Object.keys(generator).join(', ')}`,
  );
}

function pullRequests(
  { forge }: ControllerContext,
  generator: NonNullable<Generator['pullRequest']>,
): Parameters[] {
  const { gitea, filters = [], values } = generator;
  if (!gitea) {
    throw new Error('the playground has pull requests of a Gitea only');
  }
  const url = `${gitea.api.replace(/\/$/, '')}/${gitea.owner}/${gitea.repo}`;
  const pulls = forge.openPulls(url);
  if (!pulls) {
    throw new Error('error listing repos: 404 Not Found');
  }
  return pulls
    .filter(
      pull => gitea.labels?.every(name => pull.labels.includes(name)) ?? true,
    )
    .filter(
      pull =>
        filters.length === 0 || filters.some(filter => passes(pull, filter)),
    )
    .map(pull => ({
      number: String(pull.number),
      title: pull.title,
      author: pull.author,
      branch: pull.branch,
      branch_slug: slug(pull.branch),
      target_branch: pull.targetBranch,
      target_branch_slug: slug(pull.targetBranch),
      head_sha: pull.headSha,
      head_short_sha: pull.headSha.slice(0, 8),
      head_short_sha_7: pull.headSha.slice(0, 7),
      labels: pull.labels,
      ...(values && { values }),
    }));
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 50);
}

function passes(pull: ForgePullRequest, filter: PullRequestFilter): boolean {
  const { branchMatch, targetBranchMatch, titleMatch } = filter;
  const matches = (pattern: string | undefined, text: string) =>
    pattern === undefined || new RegExp(pattern).test(text);
  return (
    matches(branchMatch, pull.branch) &&
    matches(targetBranchMatch, pull.targetBranch) &&
    matches(titleMatch, pull.title)
  );
}

/** A `*` stands for what is between two slashes. */
function matchesFolder(pattern: string, name: string): boolean {
  const expression = pattern
    .split('*')
    .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^/]*');
  return new RegExp(`^${expression}$`).test(name);
}

async function directories(
  { forge }: ControllerContext,
  generator: NonNullable<Generator['git']>,
): Promise<Parameters[]> {
  const { repoURL, revision = 'HEAD', directories: wanted = [] } = generator;
  const gitDirectory = forge.gitDirectory(repoURL);
  if (!gitDirectory) {
    throw new Error(
      `error getting directories from repo: rpc error: code = Internal desc = unable to checkout git revision ${revision}: repository not found`,
    );
  }
  const commit = await resolveRevision(gitDirectory, revision);
  const listing = await git(gitDirectory, [
    ...['ls-tree', '-r', '-d', '-z', '--name-only', commit],
  ]);
  const included = wanted.filter(({ exclude }) => !exclude);
  const excluded = wanted.filter(({ exclude }) => exclude);
  return listing
    .split('\0')
    .filter(Boolean)
    .filter(
      name =>
        included.some(item => matchesFolder(item.path, name)) &&
        !excluded.some(item => matchesFolder(item.path, name)),
    )
    .map(name => {
      const basename = path.posix.basename(name);
      return {
        path: {
          path: name,
          basename,
          basenameNormalized: basename
            .toLowerCase()
            .replace(/[^a-z0-9.-]/g, '-'),
          segments: name.split('/'),
        },
        ...(generator.values && { values: generator.values }),
      };
    });
}
