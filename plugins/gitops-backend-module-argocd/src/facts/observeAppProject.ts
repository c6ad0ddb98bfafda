import { toError } from '@backstage/errors';
import type { ProjectDetails, SyncWindow } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  withoutCredentials,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readSyncWindows } from '../windows/readSyncWindows';
import { readTimes } from '../windows/windowState';
import { factBase, toDetails } from './factBase';

/**
 * What an `AppProject` says; its details are {@link ProjectDetails}.
 *
 * @remarks
 * It has no status. It is degraded when one of its sync windows cannot be read, because Argo CD
 * then syncs nothing that the window concerns.
 */
export function observeAppProject(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation {
  const spec = ObjectFields.of(object).object('spec');
  const syncWindows = readSyncWindows(spec);
  const problem = problemOf(syncWindows);
  const orphaned = spec.object('orphanedResources');
  const details: ProjectDetails = {
    engine: 'argocd',
    description: spec.string('description'),
    destinations: spec.list('destinations').map(destination => ({
      server:
        withoutCredentials(destination.string('server') ?? '') || undefined,
      name: destination.string('name'),
      namespace: destination.string('namespace'),
    })),
    sourceRepos: spec.strings('sourceRepos').map(withoutCredentials),
    sourceNamespaces: spec.strings('sourceNamespaces'),
    syncWindows,
    roles: spec.list('roles').length,
    orphanedResources: spec.has('orphanedResources')
      ? { warn: orphaned.boolean('warn') === true }
      : undefined,
  };
  return {
    ...factBase(object, context),
    kind: 'project',
    title: `Project ${object.metadata.name}`,
    health: problem ? 'degraded' : 'healthy',
    message: problem,
    details: toDetails(details),
  };
}

function problemOf(windows: readonly SyncWindow[]): string | undefined {
  for (const window of windows) {
    try {
      readTimes(window);
    } catch (error) {
      return `Argo CD cannot read a ${
        window.kind
      } window, and syncs nothing that it concerns: ${
        toError(error).message
      }; correct the project in Git`;
    }
  }
  return undefined;
}
