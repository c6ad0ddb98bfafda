import { stringify } from 'yaml';
import {
  guardrailBaseFiles,
  guardrailOverlayFiles,
  secretNameOf,
} from './guardrailFiles';
import {
  imageOf,
  namespaceOf,
  type SampleEnvironment,
  sampleEnvironments,
  type SampleService,
} from './sampleServices';

const REPLICAS: Record<SampleEnvironment, number> = {
  dev: 1,
  staging: 1,
  production: 2,
};

/** Files by their path in a repository. */
export type Files = Record<string, string>;

/** The labels that say to which component and team an object belongs. */
export function labelsOf(service: SampleService) {
  return {
    'app.kubernetes.io/name': service.name,
    'backstage.io/kubernetes-id': service.name,
    team: service.team,
  };
}

/** `deploy/` as Kustomize: a base and an overlay for each environment. */
export function deployFiles(service: SampleService, tag: string): Files {
  const base = guardrailBaseFiles(service);
  const files: Files = {
    ...inFolder('deploy/base', base),
    'deploy/base/kustomization.yaml': stringify({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [
        'serviceaccount.yaml',
        'deployment.yaml',
        'service.yaml',
        ...Object.keys(base),
      ],
    }),
    'deploy/base/serviceaccount.yaml': stringify({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: service.name, labels: labelsOf(service) },
      automountServiceAccountToken: false,
    }),
    'deploy/base/deployment.yaml': stringify(deployment(service)),
    'deploy/base/service.yaml': stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service.name, labels: labelsOf(service) },
      spec: {
        selector: { 'app.kubernetes.io/name': service.name },
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      },
    }),
  };
  for (const environment of sampleEnvironments) {
    const folder = `deploy/overlays/${environment}`;
    const own = guardrailOverlayFiles(service, environment);
    Object.assign(files, inFolder(folder, own));
    files[`${folder}/namespace.yaml`] = stringify({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespaceOf(service.name, environment) },
    });
    files[`${folder}/kustomization.yaml`] = overlay(service, {
      environment,
      tag,
      replicas: REPLICAS[environment],
      resources: Object.keys(own),
    });
    files[`${folder}/environment.yaml`] = environmentPatch(service, {
      LOG_LEVEL: environment === 'dev' ? 'debug' : 'info',
    });
  }
  return files;
}

function inFolder(folder: string, files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]),
  );
}

function deployment(service: SampleService): object {
  const secret = secretNameOf(service);
  const probe = (path: string) => ({ httpGet: { path, port: 'http' } });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: service.name, labels: labelsOf(service) },
    spec: {
      selector: { matchLabels: { 'app.kubernetes.io/name': service.name } },
      template: {
        metadata: { labels: labelsOf(service) },
        spec: {
          serviceAccountName: service.name,
          securityContext: {
            runAsNonRoot: true,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: service.name,
              image: imageOf(service),
              ports: [{ name: 'http', containerPort: 8080 }],
              ...(secret && { envFrom: [{ secretRef: { name: secret } }] }),
              readinessProbe: probe('/ready'),
              livenessProbe: probe('/health'),
              resources: {
                requests: { cpu: '50m', memory: '96Mi' },
                limits: { memory: '192Mi' },
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    },
  };
}

function overlay(
  service: SampleService,
  options: {
    environment: string;
    tag: string;
    replicas: number;
    /** Files of the overlay beside its namespace. */
    resources: string[];
  },
): string {
  const { environment, tag, replicas, resources } = options;
  const note =
    environment === 'dev'
      ? '# CI writes the tag of the newest build here.'
      : '# A promotion writes the tag here.';
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: ${namespaceOf(service.name, environment)}
resources:
  - namespace.yaml
  - ../../base
${resources.map(name => `  - ${name}\n`).join('')}labels:
  - pairs:
      fairway.dev/environment: ${environment}
images:
  ${note}
  - name: ${imageOf(service)}
    newTag: ${tag}
replicas:
  - name: ${service.name}
    count: ${replicas}
patches:
  - path: environment.yaml
`;
}

/** The patch that sets environment variables of an overlay's container. */
export function environmentPatch(
  service: SampleService,
  variables: Record<string, string>,
): string {
  const env = Object.entries(variables).map(([name, value]) => ({
    name,
    value,
  }));
  return stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: service.name },
    spec: { template: { spec: { containers: [{ name: service.name, env }] } } },
  });
}
