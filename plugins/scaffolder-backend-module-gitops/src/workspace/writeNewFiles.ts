import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import type { ManifestFile } from '@fairway/gitops-manifests';
import { readFile } from 'node:fs/promises';
import { writeToWorkspace } from './writeToWorkspace';

/**
 * Writes files that are not there yet, or are there just like this.
 *
 * @returns their paths, relative to the folder.
 * @throws ConflictError when one is there and says something else, before any is written;
 * NotAllowedError when a path leads out of the workspace.
 */
export async function writeNewFiles(options: {
  workspacePath: string;
  targetPath: string;
  files: ManifestFile[];
}): Promise<string[]> {
  const root = resolveSafeChildPath(options.workspacePath, options.targetPath);
  const taken: string[] = [];
  for (const { path, content } of options.files) {
    const target = resolveSafeChildPath(root, path);
    const there = await readFile(target, 'utf8').catch(() => undefined);
    if (there !== undefined && there !== content) {
      taken.push(path);
    }
  }
  if (taken.length > 0) {
    throw new ConflictError(
      `There is something else in ${taken.join(
        ', ',
      )} already, and it is not overwritten; choose another folder, or change what is there`,
    );
  }
  return writeToWorkspace(options);
}
