import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';

/** A file of a folder, or a link with its target as content. */
export interface FolderEntry {
  kind: 'file' | 'link';
  content: Buffer;
  executable: boolean;
}

/**
 * Everything in a folder but what Git keeps for itself, by its path with slashes; nothing when there
 * is no such folder. Links are not followed.
 */
export async function folderContents(
  root: string,
): Promise<Map<string, FolderEntry>> {
  const found = new Map<string, FolderEntry>();
  await collect(root, '', found);
  return found;
}

async function collect(
  root: string,
  folder: string,
  found: Map<string, FolderEntry>,
): Promise<void> {
  const entries = await readdir(path.join(root, folder), {
    withFileTypes: true,
  }).catch(() => []);
  for (const entry of entries) {
    const name = path.posix.join(folder, entry.name);
    const file = path.join(root, name);
    if (entry.isDirectory()) {
      if (entry.name !== '.git') {
        await collect(root, name, found);
      }
    } else if (entry.isSymbolicLink()) {
      const content = Buffer.from(await readlink(file));
      found.set(name, { kind: 'link', content, executable: false });
    } else if (entry.isFile()) {
      found.set(name, {
        kind: 'file',
        content: await readFile(file),
        executable: ((await stat(file)).mode & 0o100) !== 0,
      });
    }
  }
}

/** Whether two entries, or their absence, are the same. */
export function isSameEntry(
  one: FolderEntry | undefined,
  other: FolderEntry | undefined,
): boolean {
  return (
    one?.kind === other?.kind &&
    one?.executable === other?.executable &&
    (one === undefined || one.content.equals(other!.content))
  );
}

/** A file that differs between two folders; undefined where it is not there. */
export interface FolderChange {
  path: string;
  before: FolderEntry | undefined;
  after: FolderEntry | undefined;
}

/** What must be done to make one folder the other. */
export function folderChanges(
  before: ReadonlyMap<string, FolderEntry>,
  after: ReadonlyMap<string, FolderEntry>,
): FolderChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .map(name => ({
      path: name,
      before: before.get(name),
      after: after.get(name),
    }))
    .filter(change => !isSameEntry(change.before, change.after));
}
