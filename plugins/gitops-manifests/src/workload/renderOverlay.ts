import {
  LABEL_ENVIRONMENT,
  type EnvironmentTier,
} from '@fairway/plugin-gitops-common';
import type { INamespace } from 'kubernetes-models/v1';
import { serviceLabels } from '../labels';
import type { EnvironmentModel, ServiceModel } from '../model';
import { namespaceName } from '../model/namespaceName';
import { manifestFile, plainFile, type ManifestFile } from '../objects';
import { autoscaler, externalSecrets, routeObject } from './environmentObjects';

/** What an overlay needs to know of its environment. */
type Overlay = { name: string; tier: EnvironmentTier } & Pick<
  EnvironmentModel,
  'replicas' | 'scaling' | 'host'
>;

/** One environment of a workload: its namespace, image, settings and what only it has. */
export function renderOverlay(
  model: ServiceModel,
  overlay: Overlay,
): ManifestFile[] {
  const folder = `${model.path}/overlays/${overlay.name}`;
  const namespace = namespaceName(model, overlay.name);
  const patch = workloadPatch(model, overlay.name);
  const patchFile = `${patch.kind.toLowerCase()}-patch.yaml`;
  const files = environmentFiles(model, overlay, folder);
  return [
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace,
      resources: [
        'namespace.yaml',
        '../../base',
        ...files.map(({ path }) => path.slice(folder.length + 1)),
      ],
      labels: [
        {
          pairs: {
            // The base labels only what is its own.
            ...(files.length > 0 ? serviceLabels(model) : {}),
            [LABEL_ENVIRONMENT]: overlay.name,
          },
        },
      ],
      images: [imageOf(model)],
      ...replicasOf(model, overlay),
      patches: [{ path: patchFile }],
    }),
    manifestFile(
      `${folder}/namespace.yaml`,
      namespaceObject(model, { name: namespace, environment: overlay.name }),
    ),
    plainFile(`${folder}/${patchFile}`, patch),
    ...files,
  ];
}

function imageOf({ image, imageTag, imageDigest }: ServiceModel) {
  return {
    name: image,
    ...(imageTag ? { newTag: imageTag } : {}),
    // With both the digest decides what is pulled, and the tag tells people which it is.
    ...(imageDigest ? { digest: imageDigest } : {}),
  };
}

/** Previews are one pod each, also of what scales elsewhere: they are looked at, not loaded. */
function scales(model: ServiceModel, { tier }: Overlay): boolean {
  return model.scaling !== undefined && tier !== 'preview';
}

function replicasOf(model: ServiceModel, overlay: Overlay): object {
  if (model.kind === 'cron-job' || scales(model, overlay)) {
    return {};
  }
  const usual = overlay.tier === 'production' ? 2 : 1;
  return {
    replicas: [{ name: model.name, count: overlay.replicas ?? usual }],
  };
}

function environmentFiles(
  model: ServiceModel,
  overlay: Overlay,
  folder: string,
): ManifestFile[] {
  const usual =
    overlay.tier === 'production' ? { min: 2, max: 10 } : { min: 1, max: 3 };
  const route = overlay.host ? routeObject(model, overlay.host) : undefined;
  return [
    ...externalSecrets(model, overlay.name).map(secret =>
      manifestFile(
        `${folder}/externalsecret-${secret.metadata?.name}.yaml`,
        secret,
      ),
    ),
    ...(scales(model, overlay)
      ? [
          manifestFile(
            `${folder}/horizontalpodautoscaler.yaml`,
            autoscaler(model, overlay.scaling ?? usual),
          ),
        ]
      : []),
    ...(route
      ? [manifestFile(`${folder}/${route.kind.toLowerCase()}.yaml`, route)]
      : []),
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

/** What a strategic merge changes in the pods of an environment. */
function workloadPatch(model: ServiceModel, environment: string) {
  const metadata = { labels: { [LABEL_ENVIRONMENT]: environment } };
  const template = {
    metadata,
    spec: {
      containers: [
        {
          name: model.name,
          env: [{ name: 'ENVIRONMENT', value: environment }],
        },
      ],
    },
  };
  return model.kind === 'cron-job'
    ? {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: model.name },
        spec: { jobTemplate: { metadata, spec: { template } } },
      }
    : {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: model.name },
        spec: { template },
      };
}
