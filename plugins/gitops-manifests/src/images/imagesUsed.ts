import path from 'node:path';
import type { ManifestTree } from '../edit';
import { documentsOf, kustomizationOf } from '../edit/kustomizationFiles';
import {
  listOf,
  localInputs,
  type ImageEntry,
  type KustomizationValue,
} from '../overlays/kustomizations';

/** An image without its tag and digest. */
export function repositoryOf(image: string): string {
  const withoutDigest = image.split('@')[0];
  const slash = withoutDigest.lastIndexOf('/');
  const colon = withoutDigest.indexOf(':', slash + 1);
  return colon < 0 ? withoutDigest : withoutDigest.slice(0, colon);
}

/**
 * The images, without tags, that an entry of a folder's `images:` could be about.
 *
 * @returns undefined when not everything that the folder is built from is in the tree.
 */
export function imagesUsed(
  tree: ManifestTree,
  folder: string,
): Set<string> | undefined {
  const inputs = localInputs(tree, folder);
  if (inputs.hasMore) {
    return undefined;
  }
  const images = new Set<string>();
  for (const file of inputs.files) {
    documentsOf(tree.get(file)!).forEach(value => collect(value, images));
  }
  for (const current of inputs.folders) {
    const file = kustomizationOf(tree, current)!;
    const value = documentsOf(tree.get(file)!)[0] as KustomizationValue;
    for (const entry of listOf<ImageEntry>(value.images)) {
      images.add(entry.newName ?? entry.name);
    }
    for (const { path: patch, patch: text } of listOf<{
      path?: string;
      patch?: string;
    }>(value.patches)) {
      const source = text ?? tree.get(path.posix.join(current, patch ?? ''));
      documentsOf(source ?? '').forEach(one => collect(one, images));
    }
  }
  return images;
}

function collect(value: unknown, images: Set<string>): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    if (key === 'image' && typeof child === 'string') {
      images.add(repositoryOf(child));
    } else {
      collect(child, images);
    }
  }
}
