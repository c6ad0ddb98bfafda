import { splitImage } from './inputs/workloads';

/** The image that people mean by "the version": the one named like the service, else the first. */
function mainImage(
  images: readonly string[],
  service?: string,
): string | undefined {
  const named = images.find(image => {
    const { name } = splitImage(image);
    return service && name.slice(name.lastIndexOf('/') + 1) === service;
  });
  return named ?? images[0];
}

/** Name of a service from its entity ref, `component:default/orders` being `orders`. */
export function serviceName(entityRef?: string): string | undefined {
  return entityRef?.slice(entityRef.lastIndexOf('/') + 1);
}

/**
 * The version that images bring: the tag of the main one, else the start of its digest. While a
 * rollout replaces one by another, an engine names both, and neither is "the version".
 */
export function versionOf(
  images: readonly string[],
  entityRef?: string,
): string | undefined {
  const image = mainImage(images, serviceName(entityRef));
  if (!image) {
    return undefined;
  }
  const { name, tag, digest } = splitImage(image);
  if (images.some(one => one !== image && splitImage(one).name === name)) {
    return undefined;
  }
  return tag ?? digest?.replace(/^sha256:/, '').slice(0, 12);
}

/** The tag of the main image, when it has one. */
export function mainTag(
  images: readonly string[],
  entityRef?: string,
): string | undefined {
  const image = mainImage(images, serviceName(entityRef));
  return image && splitImage(image).tag;
}

/**
 * What in a tag may be a commit: a part of 7 to 40 hexadecimal digits, as in `1.9.42-a1b2c3d`,
 * `sha-a1b2c3d`, `main-a1b2c3d-1700000000` or a bare id. Longest first; which of them is a commit,
 * only the repository knows.
 */
export function commitsInTag(tag: string): string[] {
  return tag
    .split(/[-._+]/)
    .map(part => part.replace(/^g(?=[0-9a-f]{7,40}$)/, ''))
    .filter(part => /^[0-9a-f]{7,40}$/.test(part))
    .sort((a, b) => b.length - a.length);
}

/** How the images of one deployment follow on those of the one before. */
export type ImageChange = 'none' | 'new' | 'back';

/**
 * Whether images changed, and whether all that changed were deployed before.
 *
 * @param earlier - the images of the deployments before, in any order
 */
export function imageChange(
  images: readonly string[],
  previous: readonly string[],
  earlier: ReadonlyArray<readonly string[]>,
): ImageChange {
  const changed = images.filter(image => !previous.includes(image));
  if (images.length === 0 || changed.length === 0) {
    return 'none';
  }
  const known = new Set(earlier.flat());
  return changed.every(image => known.has(image)) ? 'back' : 'new';
}
