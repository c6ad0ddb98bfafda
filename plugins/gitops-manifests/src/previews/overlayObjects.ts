import type { ManifestTree } from '../edit';
import { documentsOf } from '../edit/kustomizationFiles';
import type { ManifestObject } from '../objects';

/** Objects of the manifests below a folder; patches that are written like objects are among them. */
export function objectsBelow(
  tree: ManifestTree,
  folder: string,
): Array<ManifestObject & { spec?: Record<string, unknown> }> {
  return [...tree]
    .filter(([path]) => path.startsWith(`${folder}/`) && /\.ya?ml$/.test(path))
    .flatMap(([, text]) => documentsOf(text) as Array<Partial<ManifestObject>>)
    .filter(
      (object): object is ManifestObject & { spec?: Record<string, unknown> } =>
        typeof object?.kind === 'string' && Boolean(object.metadata?.name),
    );
}
