import { stringify } from 'yaml';

/** A base and one overlay per environment for a service, as a repository holds them. */
export function serviceFiles(options: {
  name: string;
  environments: string[];
  tag: string;
  replicas?: number;
}): Record<string, string> {
  const { name, environments, tag, replicas = 2 } = options;
  const labels = { app: name };
  const files: Record<string, string> = {
    'deploy/base/kustomization.yaml': stringify({
      resources: ['deployment.yaml', 'service.yaml'],
    }),
    'deploy/base/deployment.yaml': stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                name,
                image: `registry.test/${name}`,
                ports: [{ containerPort: 8080 }],
              },
            ],
          },
        },
      },
    }),
    'deploy/base/service.yaml': stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    }),
  };
  for (const environment of environments) {
    Object.assign(files, overlayFile({ name, environment, tag }));
  }
  return files;
}

/** The kustomization of one environment: the place where a tag is set. */
export function overlayFile(options: {
  name: string;
  environment: string;
  tag: string;
  extra?: object;
}): Record<string, string> {
  const { name, environment, tag, extra } = options;
  return {
    [`deploy/overlays/${environment}/kustomization.yaml`]: stringify({
      namespace: `${name}-${environment}`,
      resources: ['../../base'],
      images: [{ name: `registry.test/${name}`, newTag: tag }],
      ...extra,
    }),
  };
}
