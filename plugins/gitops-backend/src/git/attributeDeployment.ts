import type {
  Deployment,
  NotCountedReason,
} from '@fairway/plugin-gitops-common';
import type { DeploymentCompletion, DeploymentToAttribute } from '../store';
import {
  attributeWithoutGit,
  completionOf,
  pastDeployments,
  type Attribution,
} from './attributeWithoutGit';
import {
  classifyChange,
  type ChangeKind,
  type PastDeployment,
} from './classifyChange';
import { versionOf } from './images';
import type { RenderedInputs } from './inputs/readInputs';
import type { GitCommit } from './parseLog';
import type { FoundCommits, SourceHistory } from './SourceHistory';

/** What attribution looks at. */
type AttributedItem = Pick<
  DeploymentToAttribute,
  'deployment' | 'changed' | 'from'
>;

const MAX_COMMITS = 500;

interface Revisions {
  sha: string;
  /** Of the deployments before, newest first, as far as they are known. */
  earlier: Array<string | undefined>;
  /** Of the deployment before, whatever its outcome. */
  last?: string;
  /** Of all that succeeded before. */
  carried: string[];
}

async function revisionsOf(
  history: SourceHistory,
  deployment: Deployment,
  earlier: readonly Deployment[],
): Promise<Revisions | undefined> {
  const sha = await history.resolve(deployment);
  if (!sha) {
    return undefined;
  }
  const known = await Promise.all(
    earlier.map(one => history.resolveKnown(one)),
  );
  return {
    sha,
    earlier: known,
    last: known[0],
    carried: [
      ...new Set(
        known.filter(
          (one, index): one is string =>
            one !== undefined && earlier[index].outcome === 'succeeded',
        ),
      ),
    ],
  };
}

/** Commits of the configuration that were not carried before, newest first. */
async function configurationCommits(
  history: SourceHistory,
  { sha, carried }: Revisions,
  inputs: RenderedInputs | undefined,
): Promise<GitCommit[]> {
  const paths = inputs?.paths ?? [history.source.path];
  const [last] = carried;
  const alone = !last || !(await history.repository.related(sha, last));
  return history.repository.log({
    include: [sha],
    exclude: alone ? [] : carried,
    paths,
    limit: alone ? 1 : MAX_COMMITS,
  });
}

/** Commits of the code in new images, by the first repository that knows where they come from. */
export async function codeCommits(
  history: SourceHistory,
  images: readonly string[],
  earlier: ReadonlyArray<Pick<PastDeployment, 'images'>>,
): Promise<FoundCommits | undefined> {
  for (const code of await history.code()) {
    const { repository } = code.location;
    let built = await code.commitOf(images);
    if (!built && repository !== history.repository) {
      await repository.update().catch(() => {});
      built = await code.commitOf(images);
    }
    if (built) {
      const before = await Promise.all(
        earlier.map(one => code.commitOf(one.images)),
      );
      const carried = before.flatMap(one => (one ? [one.sha] : []));
      const raw = await code.range(built.sha, [...new Set(carried)]);
      if (raw.length > 0) {
        return {
          raw,
          commits: history.records(raw, code),
          attribution: built.method,
        };
      }
    }
  }
  return undefined;
}

/** That it is not touched says more than its environment, and less than what the recorder saw. */
function untouchedReason({ notCountedReason }: Deployment): NotCountedReason {
  return notCountedReason === undefined || notCountedReason === 'not-production'
    ? 'not-touched'
    : notCountedReason;
}

function wasTouched(
  now: RenderedInputs | undefined,
  before: RenderedInputs | undefined,
): boolean {
  return !now || !before || now.fingerprint !== before.fingerprint;
}

/**
 * Whether what runs became another, by the engine: it knows of values and of patches that are
 * elsewhere than the manifests. That what has failed is tried again is no other change.
 */
function isKnownChange(
  { deployment, changed }: AttributedItem,
  { sha, last }: Revisions,
  [before]: readonly Deployment[],
): boolean {
  const isRetry = last === sha && before?.outcome === 'failed';
  return changed === true && deployment.counted && !isRetry;
}

/**
 * Finds out what a deployment was: what kind of change, which images and commits it brought, who
 * made it, and which deployments it takes back.
 *
 * @remarks
 * It is judged against the deployment before it, whatever its outcome. Its commits are those that
 * no deployment before it that succeeded had: what failed to reconcile is carried by the next one.
 *
 * @param earlier - deployments of the same application before it, newest first
 * @throws GitError when the repository cannot be read now.
 */
export async function attributeDeployment(
  item: AttributedItem,
  earlier: readonly Deployment[],
  history: SourceHistory,
): Promise<Attribution> {
  const { deployment } = item;
  const revisions = await revisionsOf(history, deployment, earlier);
  if (!revisions) {
    return attributeWithoutGit({ deployment }, earlier);
  }
  const { repository } = history;
  const { sha, last } = revisions;
  const [now, before] = await Promise.all([
    history.inputs(sha),
    last ? history.inputs(last) : undefined,
  ]);
  // A release has other images than its chart where its values name some.
  const areTold = item.from.type === 'helm' && deployment.images.length > 0;
  const images =
    now?.images.length && !areTold ? now.images : deployment.images;
  const configuration = await configurationCommits(history, revisions, now);
  const newest =
    configuration[0] ?? (await lastCommit(history, sha, now)) ?? undefined;
  const common = {
    images,
    version:
      versionOf(images, deployment.entityRef) ??
      deployment.version ??
      sha.slice(0, 7),
    previousVersion: earlier[0]?.version,
    previousRevision: earlier[0]?.revision,
    author: newest?.author ?? deployment.author,
    subject: newest?.subject ?? deployment.subject,
  };
  if (
    earlier.length > 0 &&
    !wasTouched(now, before) &&
    !isKnownChange(item, revisions, earlier)
  ) {
    return {
      completion: {
        ...common,
        kind: 'configuration',
        rework: false,
        counted: false,
        notCountedReason: untouchedReason(deployment),
        commits: [],
        attribution: 'configuration',
      },
      undone: [],
    };
  }
  const past = pastDeployments(earlier, revisions.earlier).map((one, index) =>
    index === 0 && before?.images.length && !areTold
      ? { ...one, images: before.images }
      : one,
  );
  const succeeded = past.filter(one => one.succeeded);
  const code = earlier.length
    ? await codeCommits(history, images, succeeded)
    : undefined;
  const change = classifyChange({
    images,
    earlier: past,
    configuration,
    code: code?.raw ?? [],
    wentBack: Boolean(
      last && last !== sha && (await repository.isAncestor(sha, last)),
    ),
  });
  return {
    completion: {
      ...common,
      ...completionOf(deployment, change),
      ...carriedBy({ change, code, configuration, history, deployment }),
    },
    undone: change.undone,
  };
}

/** The last commit that touched the application, for who made it and why. */
async function lastCommit(
  history: SourceHistory,
  sha: string,
  inputs: RenderedInputs | undefined,
): Promise<GitCommit | undefined> {
  const [commit] = await history.repository.log({
    include: [sha],
    paths: inputs?.paths ?? [history.source.path],
    limit: 1,
  });
  return commit;
}

/** A rollback brings nothing new; else the code of the images, else the configuration. */
export function carriedBy(options: {
  change: ChangeKind;
  code?: FoundCommits;
  configuration: readonly GitCommit[];
  history: SourceHistory;
  deployment: Pick<Deployment, 'notCountedReason'>;
}): Pick<DeploymentCompletion, 'commits' | 'attribution'> {
  const { change, code, configuration, history, deployment } = options;
  if (
    change.kind === 'rollback' ||
    deployment.notCountedReason === 'adoption'
  ) {
    return { commits: [], attribution: 'configuration' };
  }
  if (code && change.kind === 'release') {
    return { commits: code.commits, attribution: code.attribution };
  }
  return {
    commits: history.records(configuration),
    attribution: configuration.length > 0 ? 'configuration' : 'none',
  };
}
