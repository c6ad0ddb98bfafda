import {
  LABEL_ENVIRONMENT,
  LABEL_PULL_REQUEST,
} from '@fairway/plugin-gitops-common';
import type { IKustomization } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1';
import type { IGitRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1';
import type { IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import type { IServiceAccount } from 'kubernetes-models/v1';
import { registrationLabels } from '../labels';
import { assertValidObject, type ManifestObject } from '../objects';
import { guardedNamespace, limitRange, resourceQuota } from '../quota';
import { inputProvider } from './forges';
import { hostPatches, type PreviewRoute } from './hostPatches';
import { folderIn, tagOf, TTL_LABEL, type PreviewModel } from './PreviewModel';

/** How Flux is set up for previews. @public */
export interface FluxPreviewOptions {
  /** Namespace of the registration. Default `flux-system`. */
  namespace?: string;
  /** Secret with the credentials for a private repository. */
  secretName?: string;
  /** ClusterRole that a preview has in its own namespace. Default `admin`. */
  clusterRole?: string;
}

const OPERATOR = 'fluxcd.controlplane.io/v1';
// Quoted: a number would become a number again, and so would some commits.
const NUMBER = '<< inputs.id | quote >>';
const COMMIT = '<< inputs.sha | quote >>';
const NUMBER_IN_TEXT = '<< inputs.id >>';

const namespaceOf = (options: FluxPreviewOptions) =>
  options.namespace ?? 'flux-system';
const nameOf = (model: PreviewModel) => `${model.name}-previews`;

export function previewInputProvider(
  model: PreviewModel,
  options: FluxPreviewOptions,
): ManifestObject & { spec: object } {
  const { forge, label } = model;
  return {
    apiVersion: OPERATOR,
    kind: 'ResourceSetInputProvider',
    metadata: {
      name: nameOf(model),
      namespace: namespaceOf(options),
      labels: registrationLabels(model),
      annotations: { 'fluxcd.controlplane.io/reconcileEvery': '1m' },
    },
    spec: {
      ...inputProvider(model),
      ...(forge.secret && { secretRef: { name: forge.secret.name } }),
      filter: { labels: [label], limit: 50 },
    },
  };
}

/** The account as which previews are applied: it may nothing but what each preview gives it. */
export function previewAccount(
  model: PreviewModel,
  options: FluxPreviewOptions,
): IServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: nameOf(model),
      namespace: namespaceOf(options),
      labels: registrationLabels(model),
    },
    automountServiceAccountToken: false,
  };
}

export function previewResourceSet(
  model: PreviewModel,
  route: PreviewRoute | undefined,
  options: FluxPreviewOptions,
): ManifestObject & { spec: object } {
  const preview = `${model.name}-pr-${NUMBER_IN_TEXT}`;
  const guard = () => ({ namespace: preview, labels: previewLabels(model) });
  const resources: ManifestObject[] = [
    guardedNamespace(preview, {
      labels: previewLabels(model),
      podSecurity: 'baseline',
    }),
    resourceQuota(model.quota, guard()),
    limitRange(guard()),
    access(model, { ...options, preview }),
    source(model, { ...options, preview }),
    kustomization(model, route, { ...options, preview }),
  ];
  for (const resource of resources) {
    assertValidObject(resource);
  }
  return {
    apiVersion: OPERATOR,
    kind: 'ResourceSet',
    metadata: {
      name: nameOf(model),
      namespace: namespaceOf(options),
      labels: registrationLabels(model),
      // What is cleaned up at the end of its time stays away until a pull request changes.
      annotations: { 'fluxcd.controlplane.io/reconcileEvery': '24h' },
    },
    spec: {
      inputsFrom: [
        {
          apiVersion: OPERATOR,
          kind: 'ResourceSetInputProvider',
          name: nameOf(model),
        },
      ],
      resources,
    },
  };
}

interface PreviewOptions extends FluxPreviewOptions {
  /** Name of the namespace, and of what belongs to the preview beside it. */
  preview: string;
}

/** New ones each time: what is shared would be written as an anchor. */
function previewLabels(model: PreviewModel): Record<string, string> {
  return {
    ...registrationLabels(model),
    [LABEL_ENVIRONMENT]: 'preview',
    [LABEL_PULL_REQUEST]: NUMBER,
  };
}

function access(model: PreviewModel, options: PreviewOptions): IRoleBinding {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: {
      name: nameOf(model),
      namespace: options.preview,
      labels: previewLabels(model),
    },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: options.clusterRole ?? 'admin',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: nameOf(model),
        namespace: namespaceOf(options),
      },
    ],
  };
}

function source(model: PreviewModel, options: PreviewOptions): IGitRepository {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: {
      name: options.preview,
      namespace: namespaceOf(options),
      labels: previewLabels(model),
    },
    spec: {
      interval: '1h',
      timeout: '60s',
      url: model.repoUrl,
      ref: { commit: COMMIT },
      ...(options.secretName && { secretRef: { name: options.secretName } }),
    },
  };
}

function kustomization(
  model: PreviewModel,
  route: PreviewRoute | undefined,
  options: PreviewOptions,
): IKustomization {
  const tag = tagOf(model, {
    sha: '<< inputs.sha >>',
    shortSha: '<< inputs.sha | trunc 7 >>',
    number: NUMBER_IN_TEXT,
  });
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: {
      name: options.preview,
      namespace: namespaceOf(options),
      labels: {
        ...previewLabels(model),
        [TTL_LABEL]: `${model.hoursToLive}h`,
      },
    },
    spec: {
      interval: '1h',
      retryInterval: '2m',
      timeout: '5m',
      sourceRef: { kind: 'GitRepository', name: options.preview },
      path: `./${folderIn(model, 'overlays/preview')}`,
      prune: true,
      wait: true,
      targetNamespace: options.preview,
      serviceAccountName: nameOf(model),
      commonMetadata: {
        labels: { [LABEL_PULL_REQUEST]: NUMBER },
        annotations: { 'fairway.dev/commit': COMMIT },
      },
      images: [{ name: model.image, newTag: quoted(tag, model) }],
      patches: [
        withoutKind('Namespace'),
        withoutKind('ResourceQuota'),
        withoutKind('LimitRange'),
        ...hostPatches(model, route, NUMBER_IN_TEXT),
      ],
    },
  };
}

/** A tag that is a commit and nothing else may look like a number. */
function quoted(tag: string, model: PreviewModel): string {
  return /^\{(sha|shortSha)\}$/.test(model.imageTag)
    ? tag.replace(' >>', ' | quote >>')
    : tag;
}

/**
 * The namespace and its limits are the ResourceSet's. What a pull request says of them is left
 * out: its account may not write them, and the whole preview would fail.
 */
function withoutKind(kind: string) {
  return {
    target: { kind },
    patch: `$patch: delete\napiVersion: v1\nkind: ${kind}\nmetadata:\n  name: all\n`,
  };
}
