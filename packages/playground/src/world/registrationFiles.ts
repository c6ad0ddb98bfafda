import { stringify } from 'yaml';
import type { Files } from './deployFiles';
import { labelsOf } from './deployFiles';
import { sampleTeams } from './people';
import {
  namespaceOf,
  type SampleEnvironment,
  sampleEnvironments,
  type SampleService,
  type SampleSyncPolicy,
} from './sampleServices';

const SERVER = 'https://kubernetes.default.svc';

/** The Argo CD projects: each team deploys from its own repositories only. */
export function projectFiles(url: string): Files {
  return Object.fromEntries(
    sampleTeams.map(team => [
      `argocd/projects/${team.name}.yaml`,
      stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AppProject',
        metadata: { name: team.name, namespace: 'argocd' },
        spec: {
          description: team.description,
          sourceRepos: [`${url}/${team.name}/*`],
          destinations: [{ server: SERVER, namespace: '*' }],
          clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
        },
      }),
    ]),
  );
}

/** What registers a service with its engine, one file for each environment. */
export function registrationFiles(service: SampleService, url: string): Files {
  const { engine, name } = service;
  if (engine === 'none') return {};
  const folder = engine === 'argocd' ? 'argocd' : 'flux';
  const files: Files = {};
  for (const environment of sampleEnvironments) {
    const object = registration(service, { environment, url });
    files[`${folder}/${name}/${environment}.yaml`] = stringify(object);
  }
  if (folder === 'flux') {
    files[`flux/${name}/source.yaml`] = stringify({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name, namespace: 'flux-system', labels: labelsOf(service) },
      spec: {
        interval: '1m',
        timeout: '60s',
        url: repositoryUrl(service, url),
        ref: { branch: 'main' },
      },
    });
  }
  return files;
}

function registration(
  service: SampleService,
  options: { environment: SampleEnvironment; url: string },
): object {
  if (service.engine === 'argocd') return argocdApplication(service, options);
  return service.engine === 'flux-kustomization'
    ? fluxKustomization(service, options.environment)
    : fluxHelmRelease(service, options.environment);
}

function repositoryUrl(service: { team: string; name: string }, url: string) {
  return `${url}/${service.team}/${service.name}.git`;
}

function metadata(service: SampleService, environment: SampleEnvironment) {
  return {
    name: `${service.name}-${environment}`,
    labels: { ...labelsOf(service), 'fairway.dev/environment': environment },
  };
}

/** The sync policy of an Argo CD Application in its own words. */
export function syncPolicy(policy: SampleSyncPolicy): object {
  const automated = {
    ...((policy === 'prune' || policy === 'self-heal') && { prune: true }),
    ...(policy === 'self-heal' && { selfHeal: true }),
  };
  return {
    ...(policy !== 'manual' && { automated }),
    syncOptions: ['CreateNamespace=true'],
  };
}

function argocdApplication(
  service: SampleService,
  options: { environment: SampleEnvironment; url: string },
): object {
  const { environment, url } = options;
  const { name, labels } = metadata(service, environment);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: 'argocd',
      labels,
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    },
    spec: {
      project: service.team,
      source: {
        repoURL: repositoryUrl(service, url),
        targetRevision: 'main',
        path: `deploy/overlays/${environment}`,
      },
      destination: {
        server: SERVER,
        namespace: namespaceOf(service.name, environment),
      },
      syncPolicy: syncPolicy(service.policies[environment]),
    },
  };
}

function fluxKustomization(
  service: SampleService,
  environment: SampleEnvironment,
): object {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: {
      ...metadata(service, environment),
      namespace: 'flux-system',
    },
    spec: {
      interval: '10m',
      retryInterval: '1m',
      timeout: '5m',
      sourceRef: { kind: 'GitRepository', name: service.name },
      path: `./deploy/overlays/${environment}`,
      prune: service.policies[environment] === 'prune',
      wait: true,
    },
  };
}

function fluxHelmRelease(
  service: SampleService,
  environment: SampleEnvironment,
): object {
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: {
      ...metadata(service, environment),
      namespace: 'flux-system',
    },
    spec: {
      interval: '10m',
      timeout: '5m',
      releaseName: service.name,
      targetNamespace: namespaceOf(service.name, environment),
      install: { createNamespace: true },
      upgrade: { remediation: { retries: 2 } },
      chart: {
        spec: {
          chart: './deploy/chart',
          // A new commit is a new release, also when the chart's version stays.
          reconcileStrategy: 'Revision',
          sourceRef: { kind: 'GitRepository', name: service.name },
          valuesFiles: [
            './deploy/chart/values.yaml',
            `./deploy/values/${environment}.yaml`,
          ],
        },
      },
    },
  };
}

/** The Application of Grafana, which belongs to no component of the catalog. */
export function observabilityFiles(url: string): Files {
  return {
    'argocd/observability/grafana.yaml': stringify({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: 'grafana',
        namespace: 'argocd',
        labels: { team: 'platform' },
        finalizers: ['resources-finalizer.argocd.argoproj.io'],
      },
      spec: {
        project: 'platform',
        source: {
          repoURL: `${url}/platform/observability.git`,
          targetRevision: 'main',
          path: 'grafana',
        },
        destination: { server: SERVER, namespace: 'observability' },
        syncPolicy: syncPolicy('prune'),
      },
    }),
  };
}
