import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  cp,
  mkdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {
  folderChanges,
  folderContents,
  type FolderChange,
} from './folderContents';

/**
 * Copies of what was fetched are kept where Git keeps its own things: steps that publish, show or
 * template the workspace leave that out.
 */
const COPIES = '.git/fairway';
const FILES = 'files';
const FACTS = 'repository.json';

/** Where the files of a folder come from. */
export interface FetchedFrom {
  /** In the scaffolder's form. */
  repoUrl: string;
  branch: string;
  commit: string;
}

/**
 * A folder of the workspace with the files of a repository, beside an untouched copy of them.
 */
export class FetchedFolder implements FetchedFrom {
  readonly repoUrl: string;
  readonly branch: string;
  readonly commit: string;
  /** Relative to the workspace, with slashes. */
  readonly path: string;
  readonly #workspacePath: string;

  private constructor(
    folder: { workspacePath: string; path: string },
    from: FetchedFrom,
  ) {
    this.#workspacePath = folder.workspacePath;
    this.path = folder.path;
    this.repoUrl = from.repoUrl;
    this.branch = from.branch;
    this.commit = from.commit;
  }

  /** Absolute path of the files, with the changes of the steps since. */
  get directory(): string {
    return resolveSafeChildPath(this.#workspacePath, this.path);
  }

  /** Absolute path of the files as they were fetched. */
  get untouched(): string {
    return path.join(copyOf(this.#workspacePath, this.path), FILES);
  }

  /** What the steps since changed. */
  async changes(): Promise<FolderChange[]> {
    return folderChanges(
      await folderContents(this.untouched),
      await folderContents(this.directory),
    );
  }

  /**
   * Takes a checkout, which is moved, into the workspace. What an earlier try fetched to the same
   * place is replaced.
   *
   * @throws InputError when the folder holds something that was not fetched
   */
  static async store(options: {
    workspacePath: string;
    targetPath: string;
    checkout: string;
    from: FetchedFrom;
  }): Promise<FetchedFolder> {
    const { workspacePath, checkout, from } = options;
    const folder = {
      workspacePath,
      path: relativeFolder(workspacePath, options.targetPath),
    };
    const target = path.join(workspacePath, folder.path);
    const copy = copyOf(workspacePath, folder.path);
    const isOurs = await stat(path.join(copy, FACTS)).catch(() => undefined);
    if (!isOurs && (await folderContents(target)).size > 0) {
      throw new InputError(
        `The folder "${folder.path}" of the workspace has files already; fetch the repository to another folder`,
      );
    }
    await rm(path.join(checkout, '.git'), { recursive: true, force: true });
    await removeForeignLinks(checkout);
    for (const place of [target, path.join(copy, FILES)]) {
      await rm(place, { recursive: true, force: true });
      await mkdir(path.dirname(place), { recursive: true });
      await cp(checkout, place, { recursive: true, verbatimSymlinks: true });
    }
    await writeFile(path.join(copy, FACTS), JSON.stringify(from));
    return new FetchedFolder(folder, from);
  }

  /** The fetched folder that a path of the workspace is in, or is; undefined for none. */
  static async containing(
    workspacePath: string,
    pathInside: string,
  ): Promise<FetchedFolder | undefined> {
    resolveSafeChildPath(workspacePath, pathInside);
    let folder = path.posix.normalize(pathInside).replace(/\/+$/, '');
    while (folder && folder !== '.' && folder !== '/') {
      const facts = await readFile(
        path.join(copyOf(workspacePath, folder), FACTS),
        'utf8',
      ).catch(() => undefined);
      if (facts) {
        const from = JSON.parse(facts) as FetchedFrom;
        return new FetchedFolder({ workspacePath, path: folder }, from);
      }
      folder = path.posix.dirname(folder);
    }
    return undefined;
  }
}

function copyOf(workspacePath: string, folder: string): string {
  return path.join(workspacePath, COPIES, encodeURIComponent(folder));
}

function relativeFolder(workspacePath: string, targetPath: string): string {
  resolveSafeChildPath(workspacePath, targetPath);
  const folder = path.posix.normalize(targetPath).replace(/\/+$/, '');
  const top = folder.split('/')[0];
  if (folder === '.' || ['', '..', '.git'].includes(top)) {
    throw new InputError(
      `"${targetPath}" cannot be the folder of a repository: name one below the workspace, for example ./service`,
    );
  }
  return folder;
}

/**
 * A link that leads out of its repository would lead into the backend's own files here. One that
 * leads nowhere may do so later.
 */
async function removeForeignLinks(root: string): Promise<void> {
  const realRoot = await realpath(root);
  for (const [name, entry] of await folderContents(root)) {
    if (entry.kind === 'link') {
      const target = await realpath(path.join(root, name)).catch(() => '/');
      const isForeign =
        path.isAbsolute(entry.content.toString()) ||
        !`${target}${path.sep}`.startsWith(`${realRoot}${path.sep}`);
      if (isForeign) {
        await rm(path.join(root, name));
      }
    }
  }
}
