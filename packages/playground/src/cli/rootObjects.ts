import type { KubernetesObject } from '../types';
import { guardrailObjects } from './guardrailObjects';

const SERVER = 'https://kubernetes.default.svc';

/**
 * What a platform team applies by hand, once: the root objects through which Argo CD and
 * Flux read everything else from the registration repository, and what guards the services.
 */
export function rootObjects(forgeUrl: string): KubernetesObject[] {
  const repoURL = `${forgeUrl}/platform/gitops.git`;
  return [
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default', namespace: 'argocd' },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ namespace: '*', server: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: 'platform',
        namespace: 'argocd',
        labels: { team: 'platform' },
      },
      spec: {
        project: 'default',
        source: {
          repoURL,
          targetRevision: 'main',
          path: 'argocd',
          directory: { recurse: true },
        },
        destination: { server: SERVER, namespace: 'argocd' },
        syncPolicy: { automated: { prune: true, selfHeal: true } },
      },
    },
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'platform', namespace: 'flux-system' },
      spec: {
        interval: '1m',
        timeout: '60s',
        url: repoURL,
        ref: { branch: 'main' },
      },
    },
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: {
        name: 'platform',
        namespace: 'flux-system',
        labels: { team: 'platform' },
      },
      spec: {
        interval: '10m',
        retryInterval: '1m',
        timeout: '5m',
        sourceRef: { kind: 'GitRepository', name: 'platform' },
        path: './flux',
        prune: true,
      },
    },
    // Flux runs as it does for several teams: what names no account is applied as the account
    // "default" of its namespace. In the platform's own namespace that account may everything.
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'flux-system-default' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'cluster-admin',
      },
      subjects: [
        { kind: 'ServiceAccount', name: 'default', namespace: 'flux-system' },
      ],
    },
    ...guardrailObjects(),
  ];
}
