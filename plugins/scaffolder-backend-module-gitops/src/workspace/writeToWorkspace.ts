import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import type { ManifestFile } from '@fairway/gitops-manifests';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes files below a folder of the workspace.
 *
 * @returns their paths, relative to that folder.
 * @throws NotAllowedError when a path leads out of the workspace.
 */
export async function writeToWorkspace(options: {
  workspacePath: string;
  targetPath: string;
  files: ManifestFile[];
}): Promise<string[]> {
  const root = resolveSafeChildPath(options.workspacePath, options.targetPath);
  await mkdir(root, { recursive: true });
  for (const file of options.files) {
    const target = resolveSafeChildPath(root, file.path);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, file.content);
  }
  return options.files.map(file => file.path);
}
