import type { TreeEntry } from './ObjectReader';

/** The files of a repository at one commit. Paths are relative to its root, without `./`. */
export interface GitTree {
  /** What is at a path; the root is the empty path. `undefined` when nothing is. */
  find(path: string): Promise<TreeEntry | undefined>;
  /** Entries of a directory; empty when it is none. */
  list(path: string): Promise<TreeEntry[]>;
  /** Text of a file; `undefined` when it is none. */
  read(path: string): Promise<string | undefined>;
}

/** Joins and normalises a path; `undefined` when it leaves the repository. */
export function resolvePath(base: string, path: string): string | undefined {
  const parts: string[] = path.startsWith('/') ? [] : base.split('/');
  for (const part of path.split('/')) {
    if (part === '..') {
      while (parts.length > 0 && parts[parts.length - 1] === '') {
        parts.pop();
      }
      if (parts.pop() === undefined) {
        return undefined;
      }
    } else if (part !== '.') {
      parts.push(part);
    }
  }
  return parts.filter(Boolean).join('/');
}
