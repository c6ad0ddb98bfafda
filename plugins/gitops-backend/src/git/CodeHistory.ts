import type { AttributionMethod } from '@fairway/plugin-gitops-common';
import { CommitGraph } from './CommitGraph';
import type { GitRepository } from './GitRepository';
import { commitsInTag, mainTag } from './images';
import type { GitCommit } from './parseLog';

/** Where the code of a service is. */
export interface CodeLocation {
  repository: GitRepository;
  /** Clone URL as configured. */
  repoUrl: string;
  /** Folder of the service; the empty path is the whole repository. */
  path: string;
  /** Folder whose commits configure the service rather than change its code. */
  configurationPath?: string;
}

/** The commit that an image was built from. */
export interface ImageCommit {
  sha: string;
  method: Extract<AttributionMethod, 'image-tag' | 'git-tag'>;
}

const MAX_COMMITS = 500;

/** Where the folders of environments usually begin; what is above belongs to the service. */
const LAYOUT =
  /(^|\/)(overlays|envs|environments|clusters|base|charts?|helm|values)(\/|$)/;

/** The folder that holds the configuration of a service for all environments. */
export function configurationRoot(path: string): string {
  const match = LAYOUT.exec(path);
  return match ? path.slice(0, match.index) : path;
}

/** The folder of a service whose configuration lies in its own repository; empty for the root. */
export function codeRoot(path: string): string {
  const root = configurationRoot(path);
  return root.includes('/') ? root.slice(0, root.lastIndexOf('/')) : '';
}

/** The commits of the code that images were built from. */
export class CodeHistory {
  readonly location: CodeLocation;
  readonly #entityRef?: string;
  readonly #found = new Map<string, Promise<ImageCommit | undefined>>();

  constructor(location: CodeLocation, entityRef?: string) {
    this.location = location;
    this.#entityRef = entityRef;
  }

  /** The commit of images, by what is here already; call `update` of the repository before. */
  commitOf(images: readonly string[]): Promise<ImageCommit | undefined> {
    const tag = mainTag(images, this.#entityRef);
    if (!tag) {
      return Promise.resolve(undefined);
    }
    let found = this.#found.get(tag);
    if (!found) {
      found = this.#find(tag);
      this.#found.set(tag, found);
    }
    return found;
  }

  async #find(tag: string): Promise<ImageCommit | undefined> {
    const { repository } = this.location;
    for (const part of commitsInTag(tag)) {
      const sha = await repository.resolveKnown(part);
      if (sha?.startsWith(part)) {
        return { sha, method: 'image-tag' };
      }
    }
    for (const name of [tag, `v${tag}`]) {
      const sha = await repository.resolveKnown(`refs/tags/${name}`);
      if (sha) {
        return { sha, method: 'git-tag' };
      }
    }
    return undefined;
  }

  /**
   * The commits of the code that an image brings first, newest first.
   *
   * @param carried - commits of the images deployed before
   */
  async range(sha: string, carried: readonly string[]): Promise<GitCommit[]> {
    const { repository, path } = this.location;
    const [last] = carried;
    const alone = !last || !(await repository.related(sha, last));
    const commits = await repository.log({
      include: [sha],
      exclude: alone ? [] : carried,
      paths: [path],
      limit: alone ? 1 : MAX_COMMITS,
    });
    return commits.filter(commit => this.#isCode(commit));
  }

  /** A graph to ask for many ranges; `oldest` is where it ends. */
  async graph(
    tips: readonly string[],
    oldest: readonly string[],
  ): Promise<(sha: string, carried: readonly string[]) => GitCommit[]> {
    const commits = await this.location.repository.log({
      include: tips,
      exclude: oldest,
      merges: true,
    });
    const graph = new CommitGraph(commits);
    const below = this.location.path === '' ? '' : `${this.location.path}/`;
    return (sha, carried) =>
      graph
        .range(sha, carried)
        .filter(
          commit =>
            commit.files.some(file => file.startsWith(below)) &&
            this.#isCode(commit),
        );
  }

  #isCode(commit: GitCommit): boolean {
    const { configurationPath } = this.location;
    return (
      !configurationPath ||
      !commit.files.every(file => file.startsWith(`${configurationPath}/`))
    );
  }
}
