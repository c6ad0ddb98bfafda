import { InputError } from '@backstage/errors';
import path from 'node:path';
import { folderContents, type FetchedFolder } from '../workspace';
import type { FileChange } from './proposeChange';

/**
 * The files of a folder, to be added to a folder of a repository.
 *
 * @throws InputError when there are none, or one is a link.
 */
export async function filesToAdd(
  source: string,
  targetPath: string,
): Promise<FileChange[]> {
  const entries = await folderContents(source);
  if (entries.size === 0) {
    throw new InputError('There are no files for the pull request');
  }
  return [...entries].map(([name, { kind, content, executable }]) => {
    assertNoLink(name, kind);
    return { path: path.posix.join(targetPath, name), content, executable };
  });
}

/**
 * What the steps of a task changed in files of a repository, deletions too.
 *
 * @throws InputError when one is a link.
 */
export async function filesChanged(
  folder: FetchedFolder,
): Promise<FileChange[]> {
  const changes = await folder.changes();
  return changes.map(({ path: name, before, after }) => {
    assertNoLink(name, before?.kind);
    assertNoLink(name, after?.kind);
    return {
      path: name,
      content: after?.content,
      executable: after?.executable,
      basedOn: { content: before?.content },
    };
  });
}

function assertNoLink(name: string, kind?: 'file' | 'link'): void {
  if (kind === 'link') {
    throw new InputError(
      `${name} is a link and cannot be part of a pull request`,
    );
  }
}
