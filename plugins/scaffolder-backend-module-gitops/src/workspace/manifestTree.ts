import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { serializeDirectoryContents } from '@backstage/plugin-scaffolder-node';
import type { ManifestChange, ManifestTree } from '@fairway/gitops-manifests';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** No manifest is this long; what is longer is left where it is and not read. */
const LONGEST_MANIFEST_BYTES = 1024 * 1024;

/** Where a folder of the workspace is. */
export interface WorkspaceFolder {
  workspacePath: string;
  /** Relative to the workspace. */
  path: string;
}

/**
 * Reads the text files of a folder of the workspace. Links, binary files and what Git keeps for
 * itself are left out.
 *
 * @throws InputError when there is no such folder; NotAllowedError when it is outside of the
 * workspace.
 */
export async function readTree(folder: WorkspaceFolder): Promise<ManifestTree> {
  const root = resolveSafeChildPath(folder.workspacePath, folder.path);
  const found = await stat(root).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new InputError(
      `There is no folder "${folder.path}" in the workspace; fetch the repository or render the workload first`,
    );
  }
  const tree = new Map<string, string>();
  for (const file of await serializeDirectoryContents(root)) {
    const isText =
      file.content.byteLength <= LONGEST_MANIFEST_BYTES &&
      !file.content.includes(0);
    if (!file.symlink && isText && file.path.split('/')[0] !== '.git') {
      tree.set(file.path, file.content.toString('utf8'));
    }
  }
  return tree;
}

/**
 * Writes and deletes files of a folder of the workspace. Every path is checked before the first
 * file is touched.
 *
 * @returns the paths that changed.
 * @throws NotAllowedError when a path leads out of the folder.
 */
export async function applyChanges(
  folder: WorkspaceFolder,
  changes: ReadonlyArray<ManifestChange>,
): Promise<string[]> {
  const root = resolveSafeChildPath(folder.workspacePath, folder.path);
  const targets = changes.map(change => ({
    ...change,
    target: resolveSafeChildPath(root, change.path),
  }));
  for (const { target, content } of targets) {
    if (content === undefined) {
      await rm(target, { force: true });
    } else {
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, content);
    }
  }
  return changes.map(change => change.path);
}
