import type { KubernetesObject } from '../types';
import { namespaceOf, sampleServices, secretKeyOf } from '../world';

const VELERO = 'velero';

/** Kubernetes' own components, and those of the engines. */
const SYSTEM_NAMESPACES = ['kube-system', 'argocd', 'flux-system', VELERO];

/**
 * What guards the services of the sample world: a store of secrets, a constraint, backups. Staging
 * of `email-gateway` wants a secret that nobody has put into the store.
 */
export function guardrailObjects(): KubernetesObject[] {
  const staging = namespaceOf('email-gateway', 'staging');
  return [
    ...[VELERO, staging].map(name => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    })),
    secretStore(),
    {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: {
        name: 'email-gateway-smtp',
        namespace: staging,
        labels: {
          'backstage.io/kubernetes-id': 'email-gateway',
          'fairway.dev/environment': 'staging',
          team: 'platform',
        },
      },
      spec: {
        refreshInterval: '1h0m0s',
        secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
        data: [
          {
            secretKey: 'SMTP_PASSWORD',
            remoteRef: { key: 'platform/smtp-staging', property: 'password' },
          },
        ],
      },
    },
    {
      apiVersion: 'constraints.gatekeeper.sh/v1beta1',
      kind: 'K8sRequiredLabels',
      metadata: { name: 'workloads-must-have-team' },
      spec: {
        enforcementAction: 'dryrun',
        match: {
          kinds: [{ apiGroups: ['apps'], kinds: ['Deployment'] }],
          excludedNamespaces: SYSTEM_NAMESPACES,
        },
        parameters: { labels: ['team'] },
      },
    },
    {
      apiVersion: 'velero.io/v1',
      kind: 'BackupStorageLocation',
      metadata: { name: 'default', namespace: VELERO },
      spec: {
        provider: 'aws',
        default: true,
        objectStorage: { bucket: 'backups' },
      },
    },
    backupSchedule('orders'),
    backupSchedule('ledger'),
  ];
}

/** The values are those of a playground: everybody may know them. */
function secretStore(): KubernetesObject {
  const data = sampleServices.map(service => ({
    key: secretKeyOf(service),
    value: JSON.stringify({
      DATABASE_USER: service.name,
      DATABASE_PASSWORD: 'playground',
    }),
  }));
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ClusterSecretStore',
    metadata: { name: 'vault' },
    spec: { provider: { fake: { data } } },
  };
}

function backupSchedule(service: string): KubernetesObject {
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Schedule',
    metadata: { name: `${service}-daily`, namespace: VELERO },
    spec: {
      schedule: '0 2 * * *',
      template: {
        includedNamespaces: [namespaceOf(service, 'production')],
        storageLocation: 'default',
        ttl: '720h0m0s',
      },
    },
  };
}
