import { parseAllDocuments } from 'yaml';
import type { ManifestTree } from '../edit';
import type { ManifestObject } from '../objects';

const KUSTOMIZATIONS = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];

/** The kustomization of a folder, by its path. */
export function findKustomization(
  tree: ManifestTree,
  folder: string,
): string | undefined {
  return KUSTOMIZATIONS.map(name => `${folder}/${name}`).find(path =>
    tree.has(path),
  );
}

/** Objects of the manifests below a folder; patches that are written like objects are among them. */
export function objectsBelow(
  tree: ManifestTree,
  folder: string,
): Array<ManifestObject & { spec?: Record<string, unknown> }> {
  return [...tree]
    .filter(([path]) => path.startsWith(`${folder}/`) && /\.ya?ml$/.test(path))
    .flatMap(([, text]) => {
      const documents = parseAllDocuments(text);
      return Array.isArray(documents)
        ? documents
            .filter(({ errors }) => errors.length === 0)
            .map(document => document.toJS())
        : [];
    })
    .filter(
      object => typeof object?.kind === 'string' && object.metadata?.name,
    );
}
