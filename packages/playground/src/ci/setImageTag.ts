import { isMap, isSeq, parseDocument } from 'yaml';

const FORMAT = { lineWidth: 0 };

/**
 * Writes a tag into the `images` of a kustomization, and leaves every comment in place.
 *
 * @returns the new text and the name of the image; undefined when there is no image to set.
 */
export function setKustomizationTag(
  text: string,
  tag: string,
): { text: string; image: string } | undefined {
  const document = parseDocument(text);
  const images = document.get('images');
  if (!isSeq(images)) return undefined;
  const first = images.items.find(isMap);
  const image = first?.get('newName') ?? first?.get('name');
  if (!first || typeof image !== 'string') return undefined;
  first.set('newTag', tag);
  first.delete('digest');
  return { text: document.toString(FORMAT), image };
}

/** Writes a tag into the `image.tag` of a Helm values file; otherwise as above. */
export function setValuesTag(text: string, tag: string): string | undefined {
  const document = parseDocument(text);
  if (!isMap(document.get('image'))) return undefined;
  document.setIn(['image', 'tag'], tag);
  return document.toString(FORMAT);
}
