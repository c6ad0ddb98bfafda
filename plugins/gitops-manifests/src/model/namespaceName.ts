/** The namespace of an environment of a service. */
export function namespaceName(
  model: { name: string; namespacePattern: string },
  environment: string,
): string {
  return model.namespacePattern
    .replaceAll('{name}', model.name)
    .replaceAll('{environment}', environment);
}
