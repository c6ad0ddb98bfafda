import type { ManifestChange, ManifestTree } from './ManifestTree';

/** A tree while it is changed: what a change is computed on before anything is written. */
export class TreeDraft {
  readonly #before: ManifestTree;
  readonly #files: Map<string, string>;

  constructor(tree: ManifestTree) {
    this.#before = tree;
    this.#files = new Map(tree);
  }

  get tree(): ManifestTree {
    return this.#files;
  }

  get(path: string): string | undefined {
    return this.#files.get(path);
  }

  /** Writes a file, or deletes it when its content is undefined. */
  set(path: string, content: string | undefined): void {
    if (content === undefined) {
      this.#files.delete(path);
    } else {
      this.#files.set(path, content);
    }
  }

  /** What is other than it was, by path. */
  changes(): ManifestChange[] {
    const paths = new Set([...this.#before.keys(), ...this.#files.keys()]);
    return [...paths]
      .filter(path => this.#before.get(path) !== this.#files.get(path))
      .sort()
      .map(path => ({ path, content: this.#files.get(path) }));
  }
}
