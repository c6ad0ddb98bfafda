import type { Deployment } from '@fairway/plugin-gitops-common';
import type { DeploymentCompletion, DeploymentToAttribute } from '../store';
import {
  classifyChange,
  type ChangeKind,
  type PastDeployment,
} from './classifyChange';
import { versionOf } from './images';

/** What was found out about a deployment, and which earlier ones it takes back. */
export interface Attribution {
  completion: DeploymentCompletion;
  undone: ChangeKind['undone'];
}

const NOTHING_CHANGED = ['same-revision', 'not-touched'];

/**
 * Deployments from the store in the form in which changes are judged.
 *
 * @param commits - the commits that people made of each, as far as they are known
 */
export function pastDeployments(
  deployments: readonly Deployment[],
  commits: ReadonlyArray<string | undefined> = [],
): PastDeployment[] {
  return deployments.map((one, index) => ({
    id: one.id,
    revision: commits[index] ?? one.originRevision ?? one.revision,
    images: one.images,
    succeeded: one.outcome === 'succeeded',
    changed:
      !NOTHING_CHANGED.includes(one.notCountedReason ?? '') &&
      // What was adopted is known better where its history was read.
      (one.notCountedReason !== 'adoption' || index === deployments.length - 1),
    commits: one.commits.map(commit => commit.sha),
  }));
}

/** Seven digits: of the commit that an artifact was built from, else of its digest. */
function shortCommit({ revision, originRevision }: Deployment): string {
  return (originRevision ?? revision.replace(/^sha\d+:/, '')).slice(0, 7);
}

/** What the engine alone knows; for charts, and where Git cannot help. */
export function attributeWithoutGit(
  { deployment }: Pick<DeploymentToAttribute, 'deployment'>,
  earlier: readonly Deployment[],
): Attribution {
  const [last] = earlier;
  const images = deployment.images;
  const past = pastDeployments(earlier);
  const change = classifyChange({
    images,
    earlier: past,
    configuration: [],
    code: [],
    wentBack: false,
  });
  const isChart =
    images.length === 0 &&
    !/^(?:[0-9a-f]{40}$|sha\d+:)/.test(deployment.revision);
  const version =
    versionOf(images, deployment.entityRef) ??
    deployment.version ??
    (isChart ? deployment.revision : shortCommit(deployment));
  return {
    completion: {
      ...completionOf(deployment, change),
      ...(isChart &&
        last?.revision !== deployment.revision && { kind: 'release' as const }),
      images,
      version,
      previousVersion: deployment.previousVersion ?? last?.version,
      author: deployment.author,
      subject: deployment.subject,
      commits: [],
      attribution: 'none',
    },
    undone: deployment.counted ? change.undone : [],
  };
}

/** What the kind of change adds to what the recorder decided. */
export function completionOf(
  { counted, notCountedReason }: Deployment,
  { kind, rework }: Pick<ChangeKind, 'kind' | 'rework'>,
): Pick<
  DeploymentCompletion,
  'kind' | 'rework' | 'counted' | 'notCountedReason'
> {
  return {
    kind,
    rework,
    counted,
    ...(notCountedReason && { notCountedReason }),
  };
}
