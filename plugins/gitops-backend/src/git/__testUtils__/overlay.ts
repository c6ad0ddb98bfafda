/** The files of a service with a base and overlays, as golden paths write them. */
export function serviceFiles(
  folder: string,
  tags: Record<string, string>,
): Record<string, string> {
  const overlays = Object.entries(tags).map(([environment, tag]) => [
    `${folder}/overlays/${environment}/kustomization.yaml`,
    overlayFile(tag),
  ]);
  return {
    [`${folder}/base/kustomization.yaml`]:
      'kind: Kustomization\nresources: [deployment.yaml]\n',
    [`${folder}/base/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  template:
    spec:
      containers:
        - {name: orders, image: registry.example.com/shop/orders:latest}
`,
    ...Object.fromEntries(overlays),
  };
}

/** An overlay that pins the tag of the image. */
export function overlayFile(tag: string, more = ''): string {
  return `kind: Kustomization
resources: [../../base]
images: [{name: registry.example.com/shop/orders, newTag: "${tag}"}]
${more}`;
}
