import type { Application } from '@fairway/plugin-gitops-common';
import type { CommandContext } from '@fairway/plugin-gitops-node';
import { syncOperation } from '../syncOperation';

/**
 * The body of a sync: the operation that the observer would write, in the words of Argo CD's API.
 * It bears the same marks, so the command is followed in the same way. The API takes the
 * syncOptions of the application itself when none are given, and names the portal's account as
 * who asked; the user stands in the marks.
 *
 * @throws InputError when Argo CD would not take it, saying why
 */
export function syncRequest(
  application: Application,
  context: CommandContext,
): object {
  const { sync, info, retry } = syncOperation(application, context);
  const { ref, project } = application;
  // Several sources are counted from one, and only those with a revision are named.
  const positions = (sync.revisions ?? []).flatMap((revision, index) =>
    revision ? [index + 1] : [],
  );
  return {
    name: ref.name,
    appNamespace: ref.namespace,
    project,
    revision: sync.revision,
    ...(positions.length > 0 && {
      revisions: sync.revisions!.filter(Boolean),
      sourcePositions: positions,
    }),
    prune: sync.prune,
    dryRun: sync.dryRun,
    strategy: sync.syncStrategy,
    resources: sync.resources,
    retryStrategy: retry,
    infos: info,
  };
}
