import { documentsOf } from './kustomizationFiles';

/**
 * A YAML file without the documents that are meant; the others stay to the letter.
 *
 * @returns undefined when nothing is left.
 */
export function removeDocuments(
  text: string,
  where: (value: unknown) => boolean,
): string | undefined {
  // At the start of a line the mark ends a document even inside of a block of text.
  const pieces = text.split(/^(?=---(?:\s|$))/m);
  const kept = pieces.filter(piece => !documentsOf(piece).some(where));
  const isEmpty = kept.every(piece =>
    documentsOf(piece).every(value => value === null || value === undefined),
  );
  return isEmpty ? undefined : kept.join('');
}
