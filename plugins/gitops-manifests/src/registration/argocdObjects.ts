import type {
  IApplication,
  IAppProject,
} from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import { registrationLabels } from '../labels';
import { namespaceName } from '../model/namespaceName';
import type { RegisteredEnvironment, RegisteredModel } from './RegisteredModel';

/** How Argo CD is set up. @public */
export interface ArgocdRegistrationOptions {
  /** Namespace of Argo CD. Default `argocd`. */
  namespace?: string;
  /** API server that is deployed to. Default the one that Argo CD runs in. */
  server?: string;
  /** Project that exists already. Default: a project of the service's own is rendered. */
  project?: string;
}

const IN_CLUSTER = 'https://kubernetes.default.svc';

export function argocdApplication(
  model: RegisteredModel,
  environment: RegisteredEnvironment,
  options: ArgocdRegistrationOptions,
): IApplication {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: `${model.name}-${environment.name}`,
      namespace: options.namespace ?? 'argocd',
      labels: registrationLabels(model, environment.name),
      ...(hasOwnRepository(model)
        ? {}
        : {
            // In a repository of many, a push concerns only those whose folder it changed.
            annotations: {
              'argocd.argoproj.io/manifest-generate-paths': `/${model.path}`,
            },
          }),
      // Deleting the registration deletes what it deployed, and leaves no orphans.
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    },
    spec: {
      project: options.project ?? projectName(model),
      source: {
        repoURL: model.repoUrl,
        targetRevision: model.revision,
        path: `${model.path}/overlays/${environment.name}`,
      },
      destination: {
        server: options.server ?? IN_CLUSTER,
        namespace: namespaceName(model, environment.name),
      },
      revisionHistoryLimit: 10,
      syncPolicy: {
        ...automated(environment),
        syncOptions: [
          'CreateNamespace=true',
          'ServerSideApply=true',
          'PruneLast=true',
        ],
        retry: {
          limit: 5,
          backoff: { duration: '5s', factor: 2, maxDuration: '3m' },
        },
      },
    },
  };
}

function automated({ syncPolicy }: RegisteredEnvironment) {
  if (!syncPolicy.automated) {
    return {};
  }
  return {
    automated: {
      prune: syncPolicy.prune,
      selfHeal: syncPolicy.selfHeal,
      // A folder that was emptied by mistake must not delete a whole environment.
      allowEmpty: false,
    },
  };
}

/** Teams have projects, too, and a team may be called like one of its services. */
function projectName(model: RegisteredModel): string {
  return `service-${model.name}`;
}

function hasOwnRepository({
  layout = 'service-repository',
}: RegisteredModel): boolean {
  return layout === 'service-repository';
}

export function appProject(
  model: RegisteredModel,
  options: ArgocdRegistrationOptions,
): IAppProject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: {
      name: projectName(model),
      namespace: options.namespace ?? 'argocd',
      labels: registrationLabels(model),
      // The root application makes the project before the applications that are in it.
      annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
    },
    spec: {
      description: `${model.name} of ${model.team}: its ${
        hasOwnRepository(model) ? 'own' : 'configuration'
      } repository, its own namespaces`,
      sourceRepos: [model.repoUrl],
      destinations: model.environments.map(environment => ({
        server: options.server ?? IN_CLUSTER,
        namespace: namespaceName(model, environment.name),
      })),
      clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
      namespaceResourceBlacklist: [
        { group: '', kind: 'ResourceQuota' },
        { group: '', kind: 'LimitRange' },
      ],
    },
  };
}
