/**
 * A reference of an image that says which: with a tag, a digest, or both. Group 1 is the
 * repository, 2 the tag, 3 the digest.
 *
 * @public
 */
export const IMAGE_REFERENCE_PATTERN =
  '^((?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?/)?[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*)(?=[:@])(?::(?!latest$|latest@)([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$';

/** An image in its parts. @public */
export interface ImageReference {
  /** Where it lives, for example `ghcr.io/payments/orders`. */
  image: string;
  imageTag?: string;
  imageDigest?: string;
}

/**
 * The parts of a reference such as `ghcr.io/payments/orders:1.4.2`. What is no reference stays
 * whole, for the rule about images to refuse.
 *
 * @public
 */
export function parseImageReference(text: string): ImageReference {
  const [, image, imageTag, imageDigest] =
    text.match(new RegExp(IMAGE_REFERENCE_PATTERN)) ?? [];
  return image === undefined
    ? { image: text }
    : { image, imageTag, imageDigest };
}
