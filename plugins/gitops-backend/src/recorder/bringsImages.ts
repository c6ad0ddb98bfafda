import { splitImage } from '../git/inputs/workloads';

/**
 * Whether a deployment brought these images: false when it brought another version of one of them,
 * undefined when nobody can tell.
 */
export function bringsImages(
  deployed: readonly string[],
  images: readonly string[],
): boolean | undefined {
  const judgements = images.map(image => judge(deployed, image));
  if (judgements.includes(false)) {
    return false;
  }
  return judgements.includes(true) ? true : undefined;
}

function judge(
  deployed: readonly string[],
  image: string,
): boolean | undefined {
  const { name, tag, digest } = splitImage(image);
  const judgements = deployed
    .map(splitImage)
    .filter(other => other.name === name)
    .map(other => {
      if (digest && other.digest) {
        return digest === other.digest;
      }
      return tag && other.tag ? tag === other.tag : undefined;
    });
  // In the middle of a rollout, an engine names the images of both ends.
  if (judgements.includes(true)) {
    return true;
  }
  return judgements.length > 0 && judgements.every(one => one === false)
    ? false
    : undefined;
}
