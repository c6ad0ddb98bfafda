/** The fields of a Kustomization's spec that Flux adds to the kustomization of the folder. */
export function overlayOf(
  spec: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const { targetNamespace } = spec;
  const fields = [
    'images',
    'patches',
    'components',
    'namePrefix',
    'nameSuffix',
  ];
  const overlay = Object.fromEntries(
    fields
      .filter(name => spec[name] !== undefined)
      .map(name => [name, spec[name]]),
  );
  if (targetNamespace) {
    overlay.namespace = targetNamespace;
  }
  // Even an empty overlay makes a folder without a kustomization a kustomization, as in Flux.
  return overlay;
}
