import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import type { IKustomization } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1';
import type { IGitRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1';
import path from 'node:path';
import type { ManifestTree } from '../edit';
import { documentsOf } from '../edit/kustomizationFiles';
import { manifestFile, type ManifestFile } from '../objects';
import type { PolicyOrder } from './policyInput';

const LABELS = { 'app.kubernetes.io/managed-by': 'fairway' };

const SOURCE_NAME = 'platform-policies';

/**
 * What brings a folder of policies into the cluster; nothing when something does already.
 *
 * @param folder - of the policies of one engine, for example `policies/kyverno`
 */
export function policyRegistration(
  tree: ManifestTree,
  folder: string,
  order: PolicyOrder,
): ManifestFile[] {
  const name = folder.replaceAll('/', '-');
  const file = `${order.registration.engine}/policies/${name}.yaml`;
  if (order.registration.engine === 'argocd') {
    return isRead(tree, folder)
      ? []
      : [manifestFile(file, application(name, folder, order))];
  }
  const parts =
    order.engine === 'gatekeeper'
      ? // Flux looks at everything before it applies anything: a constraint has to wait for the
        // kind that its template makes.
        [`${folder}/templates`, `${folder}/constraints`]
      : [folder];
  const missing = parts.filter(part => !isRead(tree, part));
  const files = missing.map(part =>
    manifestFile(
      `flux/policies/${part.replaceAll('/', '-')}.yaml`,
      kustomization(part, order, parts),
    ),
  );
  const source = 'flux/policies/source.yaml';
  const needsSource =
    files.length > 0 && !order.registration.sourceName && !tree.has(source);
  return needsSource
    ? [manifestFile(source, gitRepository(order)), ...files]
    : files;
}

/** Whether an Application or a Kustomization of the tree reads a folder. */
function isRead(tree: ManifestTree, folder: string): boolean {
  return [...tree]
    .filter(([file, text]) => /\.ya?ml$/.test(file) && text.includes(folder))
    .flatMap(([, text]) => documentsOf(text))
    .some(value => foldersOf(value).includes(folder));
}

function foldersOf(value: unknown): string[] {
  const object = value as {
    kind?: string;
    spec?: {
      path?: unknown;
      source?: { path?: unknown };
      sources?: Array<{ path?: unknown }>;
    };
  } | null;
  if (object?.kind !== 'Application' && object?.kind !== 'Kustomization') {
    return [];
  }
  const { path: own, source, sources } = object.spec ?? {};
  return [own, source?.path, ...(sources ?? []).map(item => item?.path)]
    .filter((item): item is string => typeof item === 'string')
    .map(item => path.posix.join('.', item).replace(/\/$/, ''));
}

function application(
  name: string,
  folder: string,
  { registration }: PolicyOrder,
): IApplication {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: registration.namespace ?? 'argocd',
      labels: LABELS,
      // The engines of policies fill in defaults, which are no difference.
      annotations: {
        'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
      },
    },
    spec: {
      project: registration.project,
      source: {
        repoURL: registration.repoUrl,
        targetRevision: registration.revision,
        path: folder,
      },
      destination: {
        server: 'https://kubernetes.default.svc',
        namespace: 'default',
      },
      syncPolicy: {
        // Policies hold no data, so one that leaves Git may go. No self-heal: who has to switch
        // one off at night can.
        automated: { prune: true, selfHeal: false, allowEmpty: false },
        syncOptions: ['ServerSideApply=true'],
        retry: {
          limit: 5,
          backoff: { duration: '5s', factor: 2, maxDuration: '3m' },
        },
      },
    },
  };
}

function kustomization(
  folder: string,
  { registration }: PolicyOrder,
  parts: readonly string[],
): IKustomization {
  const name = (part: string) => part.replaceAll('/', '-');
  const before = parts.slice(0, parts.indexOf(folder));
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: {
      name: name(folder),
      namespace: registration.namespace ?? 'flux-system',
      labels: LABELS,
    },
    spec: {
      interval: '10m',
      retryInterval: '2m',
      timeout: '5m',
      sourceRef: {
        kind: 'GitRepository',
        name: registration.sourceName ?? SOURCE_NAME,
      },
      path: `./${folder}`,
      prune: true,
      wait: true,
      ...(before.length > 0
        ? { dependsOn: before.map(part => ({ name: name(part) })) }
        : {}),
    },
  };
}

function gitRepository({ registration }: PolicyOrder): IGitRepository {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: {
      name: SOURCE_NAME,
      namespace: registration.namespace ?? 'flux-system',
      labels: LABELS,
    },
    spec: {
      interval: '1m',
      timeout: '60s',
      url: registration.repoUrl,
      ref: { branch: registration.revision },
      ...(registration.secretName
        ? { secretRef: { name: registration.secretName } }
        : {}),
    },
  };
}
