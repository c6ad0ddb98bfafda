import type { IKustomization } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1';
import type { IGitRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1';
import type { IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import type { INamespace, IServiceAccount } from 'kubernetes-models/v1';
import { guardedNamespace } from '../quota';
import { tenantNamespace, type TenantModel } from './TenantModel';
import { tenantLabels } from './tenantNamespaces';

/** How Flux is set up for teams. @public */
export interface FluxTenantOptions {
  /** Secret of the team's namespace with the credentials for its repository. */
  secretName?: string;
  /** ClusterRole that the team has in its namespaces. Default `admin`. */
  clusterRole?: string;
}

/** Name of the account, and of the source, in the team's own namespace. */
const RECONCILER = 'reconciler';
const SOURCE = 'configuration';

/**
 * Where Flux's objects of a team live. No team may write here: whoever can write a Kustomization
 * beside an account may use that account.
 */
export function tenantHome(model: TenantModel): INamespace {
  return guardedNamespace(model.name, {
    labels: tenantLabels(model),
    podSecurity: model.podSecurity,
  });
}

export function tenantAccount(model: TenantModel): IServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: RECONCILER,
      namespace: model.name,
      labels: tenantLabels(model),
    },
    automountServiceAccountToken: false,
  };
}

export function tenantSource(
  model: TenantModel,
  options: FluxTenantOptions,
): IGitRepository {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: {
      name: SOURCE,
      namespace: model.name,
      labels: tenantLabels(model),
    },
    spec: {
      interval: '1m',
      timeout: '60s',
      url: model.configuration.repoUrl,
      ref: { branch: model.configuration.revision },
      ...(options.secretName && { secretRef: { name: options.secretName } }),
    },
  };
}

/** The account of the team may write what the role allows, in this namespace and no other. */
export function tenantAccess(
  model: TenantModel,
  environment: string,
  options: FluxTenantOptions,
): IRoleBinding {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: {
      name: RECONCILER,
      namespace: tenantNamespace(model, environment),
      labels: tenantLabels(model, environment),
    },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: options.clusterRole ?? 'admin',
    },
    subjects: [
      { kind: 'ServiceAccount', name: RECONCILER, namespace: model.name },
    ],
  };
}

/** Applies the team's folder of an environment, as the team's account. */
export function tenantKustomization(
  model: TenantModel,
  environment: string,
): IKustomization {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: {
      name: environment,
      namespace: model.name,
      labels: tenantLabels(model, environment),
    },
    spec: {
      interval: '10m',
      retryInterval: '2m',
      timeout: '5m',
      // In its own namespace: references into others are refused where Flux is told to.
      sourceRef: { kind: 'GitRepository', name: SOURCE },
      path: `./${model.configuration.path}/${environment}`,
      prune: false,
      wait: true,
      targetNamespace: tenantNamespace(model, environment),
      serviceAccountName: RECONCILER,
    },
  };
}
