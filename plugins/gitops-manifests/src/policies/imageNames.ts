/** Where an image comes from, in full: `nginx` is `docker.io/library/nginx`. */
export function qualifiedImage(image: string): string {
  const isQualified = /^[^/]*[.:][^/]*\//.test(image);
  if (isQualified || image.startsWith('localhost/')) {
    return image;
  }
  return image.includes('/')
    ? `docker.io/${image}`
    : `docker.io/library/${image}`;
}

/** Whether an image is the same tomorrow, as far as its name says. */
export function isPinned(image: string): boolean {
  return (
    image.includes('@') ||
    (/:[^/:]+$/.test(image) && !image.endsWith(':latest'))
  );
}

/** Whether an image comes from one of the registries. */
export function isFromRegistry(
  image: string,
  registries: readonly string[],
): boolean {
  const name = qualifiedImage(image);
  return registries.some(registry => name.startsWith(`${registry}/`));
}
