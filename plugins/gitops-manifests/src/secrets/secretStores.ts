import { z } from 'zod';
import { dnsLabel, oneLine } from '../model/rules';

/** Where a value of the environment goes. */
export const ENVIRONMENT_PLACE = '{environment}';

const subdomain = z
  .string()
  .max(253, 'at most 253 characters')
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'lower-case letters, digits, dashes and dots, as Kubernetes allows for a name',
  );

/** Name of an object of the cluster. */
export const objectName = subdomain;

const address = oneLine(300).refine(text => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url?.protocol === 'https:' &&
    !/[\s"'`<>\\{}$]/.test(text) &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === ''
  );
}, 'an address that starts with https://, without user, query or spaces');

const matching = (pattern: RegExp, rule: string) =>
  z.string().max(300, 'at most 300 characters').regex(pattern, rule);

/** A Secret of the cluster that the platform team made, and the key in it. */
const secretKeyReference = z.strictObject({
  name: objectName,
  key: matching(
    /^[-._a-zA-Z0-9]+$/,
    'letters, digits, dashes, dots and underscores',
  ),
});

/**
 * Stores of secrets, each with the identity of a service account (1Password knows no other than a
 * token, which is referred to). There is no field for a credential.
 */
export const providerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('vault'),
    server: address,
    /** Mount of the secrets engine. */
    path: matching(
      /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/,
      'the mount of the secrets engine, for example "secret"',
    ).default('secret'),
    version: z.enum(['v1', 'v2']).default('v2'),
    /** Mount of the Kubernetes authentication. */
    mountPath: matching(
      /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/,
      'the mount of the Kubernetes authentication, for example "kubernetes"',
    ).default('kubernetes'),
    role: matching(/^[A-Za-z0-9_.-]+$/, 'the name of a role of Vault'),
    /** Of Vault Enterprise. */
    namespace: matching(
      /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/,
      'a namespace of Vault, for example "payments"',
    ).optional(),
  }),
  z.strictObject({
    type: z.literal('aws'),
    region: matching(
      /^[a-z]{2}(-[a-z]+)+-[0-9]$/,
      'a region of AWS, for example "eu-west-1"',
    ),
    role: matching(
      /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[A-Za-z0-9+=,.@_/-]+$/,
      'the ARN of a role, for example "arn:aws:iam::123456789012:role/orders"',
    ).optional(),
  }),
  z.strictObject({
    type: z.literal('azure'),
    vaultUrl: address,
    tenantId: matching(
      /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
      'the id of a tenant, a UUID',
    ).optional(),
  }),
  z.strictObject({
    type: z.literal('gcp'),
    projectId: matching(
      /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
      'the id of a project of Google Cloud, for example "shop-production"',
    ),
    clusterLocation: matching(
      /^[a-z0-9-]+$/,
      'a location of Google Cloud, for example "europe-west1"',
    ).optional(),
    clusterName: matching(
      /^[a-z0-9-]+$/,
      'the name of a cluster of Google Cloud',
    ).optional(),
  }),
  z.strictObject({
    type: z.literal('onepassword'),
    vault: matching(/^[^/\\{}$"'\p{Cc}]{1,80}$/u, 'the name of a vault'),
    /** Of 1Password Connect; without one, a service account of 1Password. */
    connectHost: address.optional(),
    token: secretKeyReference,
  }),
]);

/** A store of secrets, as it is reached. @public */
export type SecretProvider = z.output<typeof providerSchema>;

/** What `spec.provider` of a store says. */
export function renderProvider(
  provider: SecretProvider,
  serviceAccount: string,
): object {
  const serviceAccountRef = { name: serviceAccount };
  switch (provider.type) {
    case 'vault':
      return {
        vault: {
          server: provider.server,
          ...(provider.namespace ? { namespace: provider.namespace } : {}),
          path: provider.path,
          version: provider.version,
          auth: {
            kubernetes: {
              mountPath: provider.mountPath,
              role: provider.role,
              serviceAccountRef,
            },
          },
        },
      };
    case 'aws':
      return {
        aws: {
          service: 'SecretsManager',
          region: provider.region,
          ...(provider.role ? { role: provider.role } : {}),
          auth: { jwt: { serviceAccountRef } },
        },
      };
    case 'azure':
      return {
        azurekv: {
          vaultUrl: provider.vaultUrl,
          ...(provider.tenantId ? { tenantId: provider.tenantId } : {}),
          authType: 'WorkloadIdentity',
          serviceAccountRef,
        },
      };
    case 'gcp':
      return {
        gcpsm: {
          projectID: provider.projectId,
          auth: {
            workloadIdentity: {
              ...(provider.clusterLocation
                ? { clusterLocation: provider.clusterLocation }
                : {}),
              ...(provider.clusterName
                ? { clusterName: provider.clusterName }
                : {}),
              serviceAccountRef,
            },
          },
        },
      };
    default:
      return provider.connectHost
        ? {
            onepassword: {
              connectHost: provider.connectHost,
              vaults: { [provider.vault]: 1 },
              auth: { secretRef: { connectTokenSecretRef: provider.token } },
            },
          }
        : {
            onepasswordSDK: {
              vault: provider.vault,
              auth: { serviceAccountSecretRef: provider.token },
            },
          };
  }
}

/** What a provider calls a secret. */
const REMOTE_KEYS: Record<
  SecretProvider['type'],
  { pattern: RegExp; rule: string }
> = {
  vault: {
    pattern: /^(?!.*\.\.)[A-Za-z0-9_.@-]+(\/[A-Za-z0-9_.@-]+)*$/,
    rule: 'a path of Vault, for example "payments/orders/dev": no leading slash, no ".."',
  },
  aws: {
    pattern: /^[A-Za-z0-9/_+=.@-]{1,512}$/,
    rule: 'letters, digits and /_+=.@-, as AWS Secrets Manager allows',
  },
  azure: {
    pattern: /^[0-9A-Za-z-]{1,127}$/,
    rule: 'letters, digits and dashes, as Azure Key Vault allows',
  },
  gcp: {
    pattern: /^[A-Za-z0-9_-]{1,255}$/,
    rule: 'letters, digits, dashes and underscores, as Google Secret Manager allows',
  },
  onepassword: {
    pattern: /^[^/\\?{}$"'\p{Cc}]{1,200}$/u,
    rule: 'the title of an item of 1Password, without slashes and quotes',
  },
};

/** The rule that a key breaks; undefined when the provider takes it, or is not known. */
export function brokenKeyRule(
  provider: SecretProvider | undefined,
  remoteKey: string,
): string | undefined {
  if (!provider) {
    return remoteKey.trim() === '' ? 'at least one character' : undefined;
  }
  const { pattern, rule } = REMOTE_KEYS[provider.type];
  return pattern.test(remoteKey) ? undefined : rule;
}

/** Name of a store, before the environment is filled in. */
export const storeName = z
  .string()
  .max(100, 'at most 100 characters')
  .regex(
    /^(?:[a-z0-9.-]|\{environment\})+$/,
    'lower-case letters, digits, dashes, dots and "{environment}"',
  );

export const serviceAccountName = dnsLabel(63);
