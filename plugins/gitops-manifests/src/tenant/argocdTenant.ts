import {
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
} from '@fairway/plugin-gitops-common';
import type {
  IApplicationSet,
  IAppProject,
} from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import { tenantNamespace, type TenantModel } from './TenantModel';
import { tenantLabels } from './tenantNamespaces';

/** How Argo CD is set up for teams. @public */
export interface ArgocdTenantOptions {
  /** Namespace of Argo CD. Default `argocd`. */
  namespace?: string;
  /** API server that is deployed to. Default the one that Argo CD runs in. */
  server?: string;
}

const IN_CLUSTER = 'https://kubernetes.default.svc';

/** What a team may: deploy from its repositories to its namespaces, and operate what it has. */
export function tenantProject(
  model: TenantModel,
  options: ArgocdTenantOptions,
): IAppProject {
  const { name } = model;
  const may = (action: string, resource = 'applications') =>
    `p, proj:${name}:member, ${resource}, ${action}, ${name}/*, allow`;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: {
      name,
      namespace: options.namespace ?? 'argocd',
      labels: tenantLabels(model),
      annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
    },
    spec: {
      description: `${model.title ?? name}: its repositories, its namespaces`,
      sourceRepos: [
        ...new Set([model.configuration.repoUrl, ...model.sourceRepos]),
      ],
      destinations: model.environments.map(environment => ({
        server: options.server ?? IN_CLUSTER,
        namespace: tenantNamespace(model, environment),
      })),
      // Its namespaces are made for it, so it needs no object that belongs to the whole cluster.
      clusterResourceWhitelist: [],
      namespaceResourceBlacklist: [
        { group: '', kind: 'ResourceQuota' },
        { group: '', kind: 'LimitRange' },
        // An application, or what makes applications, could name another project.
        { group: 'argoproj.io', kind: 'Application' },
        { group: 'argoproj.io', kind: 'ApplicationSet' },
        { group: 'argoproj.io', kind: 'AppProject' },
      ],
      orphanedResources: { warn: true },
      roles: [
        {
          name: 'member',
          description: 'Sees, syncs and follows what the team deploys',
          groups: [model.accessGroup ?? name],
          policies: [
            may('get'),
            may('sync'),
            may('action/*'),
            may('get', 'logs'),
          ],
        },
      ],
    },
  };
}

/**
 * Makes an application of every folder of the team's configuration. The platform's, not the
 * team's: whoever may write an `Application` into Argo CD's namespace may name any project, so
 * the project and the destination are never read from the team's repository.
 */
export function tenantApplications(
  model: TenantModel,
  options: ArgocdTenantOptions,
): IApplicationSet {
  const { name, configuration } = model;
  const namespace = options.namespace ?? 'argocd';
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: {
      name: `team-${name}`,
      namespace,
      labels: tenantLabels(model),
    },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: model.environments.map(environment => ({
        git: {
          repoURL: configuration.repoUrl,
          revision: configuration.revision,
          directories: [{ path: `${configuration.path}/${environment}/*` }],
          values: {
            environment,
            namespace: tenantNamespace(model, environment),
          },
        },
      })),
      // A folder that is gone, perhaps by mistake, must not delete what runs.
      syncPolicy: {
        applicationsSync: 'sync',
        preserveResourcesOnDeletion: true,
      },
      template: {
        metadata: {
          name: `${name}-{{.path.basenameNormalized}}-{{.values.environment}}`,
          labels: {
            ...tenantLabels(model),
            [LABEL_COMPONENT]: '{{.path.basenameNormalized}}',
            [LABEL_ENVIRONMENT]: '{{.values.environment}}',
          },
        },
        spec: {
          project: name,
          source: {
            repoURL: configuration.repoUrl,
            targetRevision: configuration.revision,
            path: '{{.path.path}}',
          },
          destination: {
            server: options.server ?? IN_CLUSTER,
            namespace: '{{.values.namespace}}',
          },
          syncPolicy: {
            automated: { prune: false, selfHeal: false, allowEmpty: false },
            syncOptions: ['ServerSideApply=true'],
          },
        },
      },
    },
  };
}
