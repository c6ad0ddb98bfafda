import path from 'node:path';
import { parse } from 'yaml';
import { git } from './git';

const KUSTOMIZATION_FILES = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];
/** Fields that may name other folders; files have to be below the folder that names them. */
const FOLDER_FIELDS = [
  'resources',
  'bases',
  'components',
  'configurations',
  'generators',
  'transformers',
  'validators',
];
const SYMBOLIC_LINK = '120000';

/** The ids of everything in a commit, by path; the root is `.`. */
interface Tree {
  ids: Map<string, string>;
  hasLinks: boolean;
}

/**
 * What a render of a folder depends on: the ids of the folder and of every folder that its
 * kustomization reaches. A commit that touches none of them renders the same, so that
 * neither a change of code nor one of another environment costs a build.
 *
 * Falls back to the id of the whole tree where the reach cannot be told (links, remote
 * resources, a kustomization that is no YAML).
 */
export async function renderInputs(options: {
  gitDirectory: string;
  revision: string;
  path: string;
}): Promise<string> {
  const { gitDirectory } = options;
  const tree = await readTree(gitDirectory, options.revision);
  const whole = tree.ids.get('.')!;
  const inputs = new Map<string, string>();
  const queue = [path.posix.join('.', options.path).replace(/\/$/, '')];
  while (queue.length > 0) {
    const folder = queue.pop()!;
    if (folder.startsWith('..') || tree.hasLinks) {
      return whole;
    }
    if (inputs.has(folder)) {
      continue;
    }
    inputs.set(folder, tree.ids.get(folder) ?? 'missing');
    const reached = await foldersReached({ gitDirectory, tree, folder });
    if (!reached) {
      return whole;
    }
    queue.push(...reached);
  }
  return JSON.stringify([...inputs].sort());
}

async function readTree(gitDirectory: string, revision: string): Promise<Tree> {
  const root = await git(gitDirectory, ['rev-parse', `${revision}^{tree}`]);
  const listing = await git(gitDirectory, ['ls-tree', '-r', '-t', '-z', root]);
  const ids = new Map([['.', root]]);
  let hasLinks = false;
  for (const line of listing.split('\0').filter(Boolean)) {
    const [facts, name] = line.split('\t');
    const [mode, , id] = facts.split(' ');
    hasLinks ||= mode === SYMBOLIC_LINK;
    ids.set(name, id);
  }
  return { ids, hasLinks };
}

/** The folders that the kustomization of a folder names; undefined when they are unknown. */
async function foldersReached(options: {
  gitDirectory: string;
  tree: Tree;
  folder: string;
}): Promise<string[] | undefined> {
  const { gitDirectory, tree, folder } = options;
  const id = KUSTOMIZATION_FILES.map(name =>
    tree.ids.get(path.posix.join(folder, name)),
  ).find(Boolean);
  if (!id) {
    // A folder without one is read as a whole, and kustomizations below it lead elsewhere.
    return [...tree.ids.keys()]
      .filter(
        name =>
          name.startsWith(`${folder}/`) &&
          KUSTOMIZATION_FILES.includes(path.posix.basename(name)),
      )
      .map(name => path.posix.dirname(name));
  }
  let fields: Record<string, unknown>;
  try {
    fields = parse(await git(gitDirectory, ['cat-file', 'blob', id])) ?? {};
  } catch {
    return undefined;
  }
  const named = FOLDER_FIELDS.flatMap(name => fields[name] ?? []);
  const isLocal = named.every(
    entry =>
      typeof entry === 'string' &&
      !entry.includes('//') &&
      !entry.includes('\n') &&
      !entry.includes('?'),
  );
  return isLocal
    ? (named as string[])
        .map(entry => path.posix.join(folder, entry).replace(/\/$/, ''))
        .filter(entry => !/\.(ya?ml|json)$/.test(entry))
    : undefined;
}
