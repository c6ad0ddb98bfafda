import {
  LABEL_ENVIRONMENT,
  type EnvironmentTier,
} from '@fairway/plugin-gitops-common';
import type { INamespace } from 'kubernetes-models/v1';
import { serviceLabels } from '../labels';
import type { ServiceModel } from '../model';
import { namespaceName } from '../model/ServiceModel';
import { manifestFile, plainFile, type ManifestFile } from '../objects';

/** What an overlay needs to know of its environment. */
interface Overlay {
  name: string;
  tier: EnvironmentTier;
  replicas?: number;
}

export function renderOverlay(
  model: ServiceModel,
  overlay: Overlay,
): ManifestFile[] {
  const folder = `${model.path}/overlays/${overlay.name}`;
  const namespace = namespaceName(model, overlay.name);
  return [
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace,
      resources: ['namespace.yaml', '../../base'],
      labels: [{ pairs: { [LABEL_ENVIRONMENT]: overlay.name } }],
      images: [{ name: model.image, newTag: model.imageTag }],
      replicas: [
        {
          name: model.name,
          count: overlay.replicas ?? (overlay.tier === 'production' ? 2 : 1),
        },
      ],
      patches: [{ path: 'deployment-patch.yaml' }],
    }),
    manifestFile(
      `${folder}/namespace.yaml`,
      namespaceObject(model, { name: namespace, environment: overlay.name }),
    ),
    plainFile(
      `${folder}/deployment-patch.yaml`,
      deploymentPatch(model, overlay.name),
    ),
  ];
}

function namespaceObject(
  model: ServiceModel,
  options: { name: string; environment: string },
): INamespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: options.name,
      labels: {
        ...serviceLabels(model),
        [LABEL_ENVIRONMENT]: options.environment,
        // The workload fits the strictest standard, so nothing weaker may run beside it.
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    },
  };
}

function deploymentPatch(model: ServiceModel, environment: string): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: model.name },
    spec: {
      template: {
        metadata: { labels: { [LABEL_ENVIRONMENT]: environment } },
        spec: {
          containers: [
            {
              name: model.name,
              env: [{ name: 'ENVIRONMENT', value: environment }],
            },
          ],
        },
      },
    },
  };
}
