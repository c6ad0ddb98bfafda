/**
 * The text files of a folder by their path, relative to it and with slashes: what a change of
 * manifests that exist is computed from.
 *
 * @public
 */
export type ManifestTree = ReadonlyMap<string, string>;

/**
 * A file that a change writes, or deletes when its content is undefined.
 *
 * @public
 */
export interface ManifestChange {
  /** Relative, with slashes, and never upwards. */
  path: string;
  content: string | undefined;
}

/**
 * The tree as it is after changes. Changes that come later win.
 *
 * @public
 */
export function changedTree(
  tree: ManifestTree,
  changes: ReadonlyArray<ManifestChange>,
): ManifestTree {
  const changed = new Map(tree);
  for (const { path, content } of changes) {
    if (content === undefined) {
      changed.delete(path);
    } else {
      changed.set(path, content);
    }
  }
  return changed;
}
