import type { ManifestChange, ManifestTree } from './ManifestTree';

/** The change that gives a file a text; none when it has it already. */
export function textChange(
  tree: ManifestTree,
  path: string,
  content: string,
): ManifestChange[] {
  return tree.get(path) === content ? [] : [{ path, content }];
}
