import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { git, resolveRevision } from '../git';
import { timestamp } from '../objects/conditions';
import { sha256 } from '../objects/digest';
import { GIT_REPOSITORY, keyOf } from '../objects/kinds';
import { namesRepository } from '../objects/namesRepository';
import { writeStatus } from '../objects/writeStatus';
import { messageOf, queueKey, Reconciler } from '../Reconciler';
import { failed, progressing, setConditions } from './fluxConditions';
import { requestedAt } from './fluxObjects';
import { markSeen } from './markSeen';

/** Stands in for Flux's source controller, for Git: what a branch points at is the artifact. */
export function createGitRepositoryController(
  context: ControllerContext,
): Controller {
  const { cluster, forge } = context;
  return new Reconciler({
    ...context,
    name: 'source-controller',
    kind: GIT_REPOSITORY,
    subscribe: enqueue =>
      forge.onPush(push => {
        for (const repository of cluster.list(GIT_REPOSITORY)) {
          if (namesRepository(repository.spec.url, push)) {
            enqueue(queueKey(repository.metadata), 0);
          }
        }
      }),
    reconcile: repository => reconcile(context, repository),
  });
}

async function reconcile(
  context: ControllerContext,
  repository: KubernetesObject,
): Promise<number | undefined> {
  const { metadata, spec, status } = repository;
  const { generation } = metadata;
  if (metadata.deletionTimestamp) {
    return undefined;
  }
  if (spec.suspend) {
    markSeen(context.cluster, repository, {
      withGeneration: Boolean(status?.conditions?.length),
    });
    return undefined;
  }
  if (status?.observedGeneration !== generation) {
    const message = `processing object: new generation ${
      status?.observedGeneration ?? -1
    } -> ${generation}`;
    writeStatus(context.cluster, repository, {
      ...status,
      conditions: setConditions(status?.conditions, {
        generation,
        set: progressing(message),
      }),
    });
  }
  await fetchArtifact(
    context,
    context.cluster.get(keyOf(repository)) ?? repository,
  );
  return context.timing.pollMs;
}

async function fetchArtifact(
  context: ControllerContext,
  repository: KubernetesObject,
): Promise<void> {
  const { generation } = repository.metadata;
  const handled = {
    ...repository.status,
    lastHandledReconcileAt: requestedAt(repository),
  };
  try {
    const artifact = await artifactOf(context, repository);
    const message = `stored artifact for revision '${artifact.revision}'`;
    writeStatus(context.cluster, repository, {
      ...handled,
      observedGeneration: generation,
      artifact,
      conditions: setConditions(repository.status?.conditions, {
        generation,
        remove: ['Reconciling', 'FetchFailed'],
        set: [
          { type: 'Ready', status: 'True', reason: 'Succeeded', message },
          {
            type: 'ArtifactInStorage',
            status: 'True',
            reason: 'Succeeded',
            message,
          },
        ],
      }),
    });
  } catch (error) {
    const message = `failed to checkout and determine revision: ${messageOf(
      error,
    )}`;
    const reason = 'GitOperationFailed';
    writeStatus(context.cluster, repository, {
      ...handled,
      conditions: setConditions(repository.status?.conditions, {
        generation,
        set: [
          { type: 'FetchFailed', status: 'True', reason, message },
          ...failed(reason, message),
        ],
      }),
    });
  }
}

interface Artifact {
  revision: string;
  digest: string;
  path: string;
  url: string;
  lastUpdateTime: string;
}

async function artifactOf(
  { forge }: ControllerContext,
  repository: KubernetesObject,
): Promise<Artifact> {
  const { spec, status, metadata } = repository;
  const gitDirectory = forge.gitDirectory(spec.url);
  if (!gitDirectory) {
    throw new Error(
      `unable to list remote for '${spec.url}': repository not found`,
    );
  }
  const { branch, tag, commit, name } = spec.ref ?? {};
  const reference: string = commit ?? name ?? tag ?? branch ?? 'master';
  const sha = await resolveRevision(gitDirectory, reference);
  const label = (name ?? tag ?? branch ?? 'master') as string;
  const revision = commit ? `sha1:${sha}` : `${label}@sha1:${sha}`;
  const known: Artifact | undefined = status?.artifact;
  if (known?.revision === revision) {
    return known;
  }
  const tree = await git(gitDirectory, ['rev-parse', `${sha}^{tree}`]);
  const path = `gitrepository/${metadata.namespace}/${metadata.name}/${sha}.tar.gz`;
  return {
    revision,
    // Nothing is archived: the tree stands for the content, as a digest must.
    digest: `sha256:${sha256(tree)}`,
    path,
    url: `http://source-controller.flux-system.svc.cluster.local./${path}`,
    lastUpdateTime: timestamp(),
  };
}
