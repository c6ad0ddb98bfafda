import type { IKustomization } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1';
import type { IGitRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1';
import { registrationLabels } from '../labels';
import type { RegisteredEnvironment, RegisteredModel } from './RegisteredModel';

/** How Flux is set up. @public */
export interface FluxRegistrationOptions {
  /** Namespace of the registration. Default `flux-system`. */
  namespace?: string;
  /** Secret with the credentials for a private repository. */
  secretName?: string;
  /** Account as which Flux applies the manifests. Default: Flux's own. */
  serviceAccountName?: string;
}

export function gitRepository(
  model: RegisteredModel,
  options: FluxRegistrationOptions,
): IGitRepository {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: {
      name: model.name,
      namespace: options.namespace ?? 'flux-system',
      labels: registrationLabels(model),
    },
    spec: {
      interval: '1m',
      timeout: '60s',
      url: model.repoUrl,
      ref: { branch: model.revision },
      ...(options.secretName
        ? { secretRef: { name: options.secretName } }
        : {}),
    },
  };
}

export function fluxKustomization(
  model: RegisteredModel,
  environment: RegisteredEnvironment,
  options: FluxRegistrationOptions,
): IKustomization {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: {
      name: `${model.name}-${environment.name}`,
      namespace: options.namespace ?? 'flux-system',
      labels: registrationLabels(model, environment.name),
    },
    // No targetNamespace: the overlay names its namespace itself, for people and tools alike.
    spec: {
      interval: '10m',
      retryInterval: '2m',
      timeout: '5m',
      sourceRef: { kind: 'GitRepository', name: model.name },
      path: `./${model.path}/overlays/${environment.name}`,
      prune: environment.syncPolicy.automated && environment.syncPolicy.prune,
      wait: true,
      // Flux has no other "manual": a suspended Kustomization changes nothing until resumed.
      suspend: !environment.syncPolicy.automated,
      ...(options.serviceAccountName
        ? { serviceAccountName: options.serviceAccountName }
        : {}),
    },
  };
}
