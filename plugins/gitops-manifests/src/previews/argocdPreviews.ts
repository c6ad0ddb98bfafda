import {
  LABEL_ENVIRONMENT,
  LABEL_PULL_REQUEST,
} from '@fairway/plugin-gitops-common';
import type {
  IApplicationSet,
  IAppProject,
} from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import { registrationLabels } from '../labels';
import { pullRequestGenerator } from './forges';
import { hostPatches, type PreviewRoute } from './hostPatches';
import { folderIn, tagOf, TTL_LABEL, type PreviewModel } from './PreviewModel';

/** How Argo CD is set up for previews. @public */
export interface ArgocdPreviewOptions {
  /** Namespace of Argo CD. Default `argocd`. */
  namespace?: string;
  /** API server that is deployed to. Default the one that Argo CD runs in. */
  server?: string;
}

const IN_CLUSTER = 'https://kubernetes.default.svc';
const NUMBER = '{{.number}}';
const COMMIT = '{{.head_sha}}';

const projectName = (model: PreviewModel) => `previews-${model.name}`;

/** The namespaces of a service's previews, and of nothing that only begins alike. */
const namespacePattern = (model: PreviewModel) => `${model.name}-pr-[0-9]*`;

/**
 * A project of the previews' own: what a pull request says runs before anybody has reviewed it,
 * so it reaches no namespace of the service that people use.
 */
export function previewProject(
  model: PreviewModel,
  options: ArgocdPreviewOptions,
): IAppProject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: {
      name: projectName(model),
      namespace: options.namespace ?? 'argocd',
      labels: registrationLabels(model),
      annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
    },
    spec: {
      description: `Previews of ${model.name}: its repository, and namespaces of pull requests`,
      sourceRepos: [model.repoUrl],
      destinations: [
        {
          server: options.server ?? IN_CLUSTER,
          namespace: namespacePattern(model),
        },
      ],
      clusterResourceWhitelist: [
        { group: '', kind: 'Namespace', name: namespacePattern(model) },
      ],
    },
  };
}

export function previewApplicationSet(
  model: PreviewModel,
  route: PreviewRoute | undefined,
  options: ArgocdPreviewOptions,
): IApplicationSet {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: {
      name: `${model.name}-previews`,
      namespace: options.namespace ?? 'argocd',
      labels: registrationLabels(model),
    },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [{ pullRequest: pullRequestGenerator(model) }],
      syncPolicy: {
        applicationsSync: 'sync',
        preserveResourcesOnDeletion: false,
      },
      template: previewTemplate(model, route, options),
    },
  };
}

type Template = IApplicationSet['spec']['template'];

/**
 * Of a pull request, only what nobody can choose is used: its number and its commit. A title or
 * a branch in a template would let whoever opens it write into the object.
 */
function previewTemplate(
  model: PreviewModel,
  route: PreviewRoute | undefined,
  options: ArgocdPreviewOptions,
): Template {
  const namespace = `${model.name}-pr-${NUMBER}`;
  const tag = tagOf(model, {
    sha: COMMIT,
    shortSha: '{{.head_short_sha_7}}',
    number: NUMBER,
  });
  const patches = [lifetimePatch(model), ...hostPatches(model, route, NUMBER)];
  return {
    metadata: {
      name: namespace,
      labels: {
        ...registrationLabels(model),
        [LABEL_ENVIRONMENT]: 'preview',
        [LABEL_PULL_REQUEST]: NUMBER,
      },
      // Closing the pull request deletes the application, and with it what it deployed.
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    },
    spec: {
      project: projectName(model),
      source: {
        repoURL: model.repoUrl,
        targetRevision: COMMIT,
        path: folderIn(model, 'overlays/preview'),
        kustomize: {
          namespace,
          images: [`${model.image}:${tag}`],
          commonLabels: { [LABEL_PULL_REQUEST]: NUMBER },
          labelWithoutSelector: true,
          commonAnnotations: { 'fairway.dev/commit': COMMIT },
          patches,
        },
      },
      destination: { server: options.server ?? IN_CLUSTER, namespace },
      syncPolicy: {
        // No self-heal: what is cleaned up at the end of its time stays away until the next push.
        automated: { prune: true, selfHeal: false, allowEmpty: false },
        syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'],
        retry: {
          limit: 5,
          backoff: { duration: '5s', factor: 2, maxDuration: '3m' },
        },
      },
    },
  };
}

/** Kyverno deletes the namespace at the end of its time, by its own label. */
function lifetimePatch(model: PreviewModel) {
  const label = `${TTL_LABEL}: ${model.hoursToLive}h`;
  return {
    target: { kind: 'Namespace' },
    patch: `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: all\n  labels:\n    ${label}\n`,
  };
}
