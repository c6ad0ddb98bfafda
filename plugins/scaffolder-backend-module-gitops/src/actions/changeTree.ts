import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ManifestChange, ManifestTree } from '@fairway/gitops-manifests';
import { applyChanges, readTree } from '../workspace';

/** What an action changed. */
export interface ChangedFiles<T> {
  result: T;
  /** Paths in the folder. */
  files: string[];
}

/** Changes the files of a folder of the workspace by a function of what is in it. */
export async function changeTree<
  T extends { changes: ReadonlyArray<ManifestChange> },
>(options: {
  workspacePath: string;
  path: string;
  logger: LoggerService;
  change: (tree: ManifestTree) => T;
}): Promise<ChangedFiles<T>> {
  const { workspacePath, path, logger, change } = options;
  const folder = { workspacePath, path };
  const result = change(await readTree(folder));
  const files = await applyChanges(folder, result.changes);
  logger.info(
    files.length > 0
      ? `Changed ${files.join(', ')}`
      : 'Nothing to change: it is so already',
  );
  return { result, files };
}
