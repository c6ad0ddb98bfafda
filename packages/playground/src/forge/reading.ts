import { git, gitBytes } from './git';
import { isRef } from './names';

/** A commit as the pages and the API show it; times are ISO 8601. */
export interface CommitInfo {
  sha: string;
  parents: string[];
  author: { name: string; email: string; date: string };
  committer: { name: string; email: string; date: string };
  subject: string;
  message: string;
}

/** An entry of a folder. */
export interface TreeEntry {
  name: string;
  path: string;
  type: 'file' | 'dir' | 'symlink' | 'submodule';
  sha: string;
  size: number;
}

const FORMAT = '%H%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%B%x1e';

/** All branches with their commits, by name. */
export async function readBranches(
  directory: string,
): Promise<Map<string, string>> {
  const out = await git(directory, [
    'for-each-ref',
    '--format=%(refname:lstrip=2) %(objectname)',
    'refs/heads/',
  ]);
  const lines = out.split('\n').filter(Boolean);
  return new Map(lines.map(line => line.split(' ') as [string, string]));
}

/** The commit that a branch, tag or (short) hash names, or undefined. */
export async function resolveCommit(
  directory: string,
  ref: string,
): Promise<string | undefined> {
  if (!isRef(ref)) return undefined;
  for (const name of [`refs/heads/${ref}`, `refs/tags/${ref}`, ref]) {
    const out = await git(
      directory,
      ['rev-parse', '--verify', '--quiet', `${name}^{commit}`],
      { accept: [1, 128] },
    );
    if (out.trim()) return out.trim();
  }
  return undefined;
}

/** The commit at the tip of a branch, or undefined. */
export async function resolveBranch(
  directory: string,
  branch: string,
): Promise<string | undefined> {
  if (!isRef(branch)) return undefined;
  const out = await git(
    directory,
    ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`],
    { accept: [1, 128] },
  );
  return out.trim() || undefined;
}

/** Commits reachable from a range such as `main` or `main..topic`, newest first. */
export async function readCommits(
  directory: string,
  range: string[],
  options: { limit?: number; skip?: number; path?: string } = {},
): Promise<CommitInfo[]> {
  const out = await git(directory, [
    'log',
    `--format=${FORMAT}`,
    ...(options.limit ? [`--max-count=${options.limit}`] : []),
    ...(options.skip ? [`--skip=${options.skip}`] : []),
    ...range,
    '--',
    ...(options.path ? [options.path] : []),
  ]);
  return out
    .split('\x1e')
    .map(entry => entry.replace(/^\n/, ''))
    .filter(Boolean)
    .map(entry => {
      const [sha, parents, an, ae, ad, cn, ce, cd, body] = entry.split('\x1f');
      return {
        sha,
        parents: parents.split(' ').filter(Boolean),
        author: { name: an, email: ae, date: ad },
        committer: { name: cn, email: ce, date: cd },
        subject: body.split('\n', 1)[0],
        message: body.trimEnd(),
      };
    });
}

const TYPES: Record<string, TreeEntry['type']> = {
  '040000': 'dir',
  '120000': 'symlink',
  '160000': 'submodule',
};

/** What is at a path of a commit: a folder's entries, a file's entry, or undefined. */
export async function readPath(
  directory: string,
  commit: string,
  path: string,
): Promise<
  | { type: 'dir'; entries: TreeEntry[] }
  | { type: 'file'; entry: TreeEntry }
  | undefined
> {
  if (path) {
    const [entry] = await listTree(directory, commit, [path]);
    if (!entry) return undefined;
    if (entry.type !== 'dir') return { type: 'file', entry };
  }
  const entries = await listTree(directory, commit, path ? [`${path}/`] : []);
  return { type: 'dir', entries };
}

async function listTree(
  directory: string,
  commit: string,
  paths: string[],
): Promise<TreeEntry[]> {
  const out = await git(directory, [
    '--literal-pathspecs',
    'ls-tree',
    '-z',
    '--long',
    commit,
    '--',
    ...paths,
  ]);
  return out
    .split('\0')
    .filter(Boolean)
    .map(line => {
      const tab = line.indexOf('\t');
      const [mode, , sha, size] = line.slice(0, tab).split(/ +/);
      const path = line.slice(tab + 1);
      return {
        path,
        name: path.slice(path.lastIndexOf('/') + 1),
        type: TYPES[mode] ?? 'file',
        sha,
        size: Number(size) || 0,
      };
    });
}

/** The bytes of a blob. */
export function readBlob(directory: string, sha: string): Promise<Buffer> {
  return gitBytes(directory, ['cat-file', 'blob', sha]);
}

/** The text of a file of a commit, or undefined when there is none. */
export async function readFileAt(
  directory: string,
  commit: string,
  path: string,
): Promise<string | undefined> {
  const found = await readPath(directory, commit, path);
  if (found?.type !== 'file') return undefined;
  return (await readBlob(directory, found.entry.sha)).toString('utf8');
}
