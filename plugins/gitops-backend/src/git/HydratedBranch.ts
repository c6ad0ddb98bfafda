import type { GitRepository } from './GitRepository';
import { resolvePath } from './GitTree';

/** What Argo CD's source hydrator leaves beside what it rendered. */
const METADATA = 'hydrator.metadata';
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * The branch that Argo CD's source hydrator renders to. All of its commits are the hydrator's own;
 * who made a change, when and why, is told by the commit that each was rendered from.
 */
export class HydratedBranch {
  readonly repository: GitRepository;
  readonly #folders: string[];

  /** @param options.path - folder of the application, which may have a file of its own */
  constructor(options: { repository: GitRepository; path: string }) {
    this.repository = options.repository;
    this.#folders = ['', options.path];
  }

  /**
   * The commit that a commit of this branch, given by its full id, was rendered from; `undefined`
   * when it does not say so.
   */
  async originOf(commit: string): Promise<string | undefined> {
    const tree = this.repository.tree(commit);
    for (const folder of this.#folders) {
      const text = await tree.read(resolvePath(folder, METADATA) ?? METADATA);
      const origin = text === undefined ? undefined : readDrySha(text);
      if (origin) {
        return origin;
      }
    }
    return undefined;
  }
}

function readDrySha(text: string): string | undefined {
  try {
    const { drySha } = JSON.parse(text) as { drySha?: unknown };
    return typeof drySha === 'string' && COMMIT.test(drySha)
      ? drySha
      : undefined;
  } catch {
    return undefined;
  }
}
