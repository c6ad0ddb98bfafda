import {
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
  LABEL_TEAM,
} from '@fairway/plugin-gitops-common';
import type {
  IApplication,
  IAppProject,
} from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import type { IKustomization } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1';
import type { IGitRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1';
import { z } from 'zod';
import {
  cloneUrl,
  dnsLabel,
  gitRevision,
  labelValue,
  repositoryFolder,
  serviceName,
} from '../model/rules';
import { manifestFile, type ManifestFile } from '../objects';
import { parseInput } from '../model/parseInput';

const registrationSchema = z.strictObject({
  name: serviceName,
  team: labelValue,
  engine: z.enum(['argocd', 'flux']),
  repoUrl: cloneUrl,
  revision: gitRevision.default('main'),
  environments: z
    .array(
      z.strictObject({
        name: dnsLabel(20),
        namespace: dnsLabel(),
        /** Folder with what is deployed there. */
        path: repositoryFolder,
      }),
    )
    .min(1, 'at least one environment')
    .max(20, 'at most 20 environments')
    .refine(
      list => new Set(list.map(item => item.name)).size === list.length,
      'every environment once',
    ),
  /** API server that Argo CD deploys to; by default the one that it runs in. */
  server: z
    .url({ protocol: /^https$/, error: 'an address with https://' })
    .default('https://kubernetes.default.svc'),
});

type Registration = z.output<typeof registrationSchema>;
type Environment = Registration['environments'][number];

/** A service that runs, and the folders that say what. @public */
export type ExistingRegistrationInput = z.input<typeof registrationSchema>;

/**
 * Registers folders that exist for objects that run: phase 1 of a migration. The engine applies
 * nothing until somebody asks, deletes nothing, and leaves everything running when it is
 * unregistered again.
 *
 * @returns `argocd/<service>/*.yaml` or `flux/<service>/*.yaml`
 * @throws InputError for input that breaks a rule.
 *
 * @public
 */
export function registerExisting(
  input: ExistingRegistrationInput,
): ManifestFile[] {
  const registration = parseInput(
    registrationSchema,
    input,
    'The service cannot be registered',
  );
  const { engine, name, environments } = registration;
  const folder = `${engine}/${name}`;
  const [file, first, each] =
    engine === 'argocd'
      ? (['project.yaml', project(registration), application] as const)
      : (['source.yaml', repository(registration), kustomization] as const);
  return [
    manifestFile(`${folder}/${file}`, first),
    ...environments.map(environment =>
      manifestFile(
        `${folder}/${environment.name}.yaml`,
        each(registration, environment),
      ),
    ),
  ];
}

function labels({ name, team }: Registration, environment?: string) {
  return {
    'app.kubernetes.io/name': name,
    [LABEL_COMPONENT]: name,
    [LABEL_TEAM]: team,
    'app.kubernetes.io/managed-by': 'fairway',
    ...(environment ? { [LABEL_ENVIRONMENT]: environment } : {}),
  };
}

function application(
  registration: Registration,
  { name, namespace, path }: Environment,
): IApplication {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: `${registration.name}-${name}`,
      namespace: 'argocd',
      labels: labels(registration, name),
      // No finalizer: deleting this registration must not delete what ran before it.
    },
    spec: {
      project: `service-${registration.name}`,
      source: {
        repoURL: registration.repoUrl,
        targetRevision: registration.revision,
        path,
      },
      destination: { server: registration.server, namespace },
      revisionHistoryLimit: 10,
      // Not automated: the first sync is somebody's decision, after a look at the difference.
      syncPolicy: { syncOptions: ['ServerSideApply=true', 'PruneLast=true'] },
    },
  };
}

function project(registration: Registration): IAppProject {
  const { name, team, repoUrl, server, environments } = registration;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: {
      name: `service-${name}`,
      namespace: 'argocd',
      labels: labels(registration),
      // The root application makes the project before the applications that are in it.
      annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
      // Waits for its applications when both are removed.
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    },
    spec: {
      description: `${name} of ${team}: its own repository, its own namespaces`,
      sourceRepos: [repoUrl],
      destinations: environments.map(({ namespace }) => ({
        ...{ server, namespace },
      })),
      clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
    },
  };
}

function repository(registration: Registration): IGitRepository {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: {
      name: registration.name,
      namespace: 'flux-system',
      labels: labels(registration),
    },
    spec: {
      interval: '1m',
      timeout: '60s',
      url: registration.repoUrl,
      ref: { branch: registration.revision },
    },
  };
}

function kustomization(
  registration: Registration,
  { name, path }: Environment,
): IKustomization {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: {
      name: `${registration.name}-${name}`,
      namespace: 'flux-system',
      labels: labels(registration, name),
    },
    spec: {
      interval: '10m',
      retryInterval: '2m',
      timeout: '5m',
      sourceRef: { kind: 'GitRepository', name: registration.name },
      path: `./${path}`,
      prune: false,
      wait: true,
      // Suspended: nothing is applied until somebody resumes it.
      suspend: true,
    },
  };
}
