import { InputError } from '@backstage/errors';
import type {
  IExternalSecret,
  ISecretStore,
} from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import type { SecretTraits } from './plainSecrets';
import { providerIn, type SecretReference } from './secretReference';
import {
  brokenKeyRule,
  ENVIRONMENT_PLACE,
  objectName,
  renderProvider,
  type SecretProvider,
} from './secretStores';

/** Where the value of a key is. @public */
export interface RemoteReference {
  /** Key of the Secret in the cluster. */
  secretKey: string;
  /** What the store calls the secret. */
  key: string;
  /** Part of it, where it has several. */
  property?: string;
}

/** Name of the store in an environment. */
export function storeNameIn(
  reference: SecretReference,
  environment: string,
): string {
  const name = reference.store.name.replaceAll(ENVIRONMENT_PLACE, environment);
  const result = objectName.safeParse(name);
  if (!result.success) {
    throw new InputError(
      `store.name (${JSON.stringify(name)}): ${result.error.issues[0].message}`,
    );
  }
  return name;
}

/**
 * Where each key of the Secret is found. With `{key}` in the pattern each has a secret of its own,
 * else all are parts of one.
 */
export function remoteReferences(
  reference: SecretReference,
  environment: string,
  keys: string[],
): RemoteReference[] {
  const provider = providerIn(reference, environment);
  const references = keys.map(secretKey =>
    remoteReference(reference, { environment, secretKey, provider }),
  );
  const places = references.map(({ key, property }) => `${key} ${property}`);
  if (new Set(places).size !== places.length) {
    throw new InputError(
      `remoteKey (${JSON.stringify(
        reference.remoteKey,
      )}): two keys of the Secret would have the same place in the store`,
    );
  }
  return references;
}

function remoteReference(
  { remoteKey, service }: SecretReference,
  context: {
    environment: string;
    secretKey: string;
    provider: SecretProvider | undefined;
  },
): RemoteReference {
  const { environment, secretKey, provider } = context;
  const isOwn = remoteKey.includes('{key}');
  const inKey =
    provider?.type === 'azure'
      ? // A name of Key Vault has neither.
        secretKey.replaceAll(/[._]/g, '-')
      : secretKey;
  const key = remoteKey
    .replaceAll('{name}', service)
    .replaceAll(ENVIRONMENT_PLACE, environment)
    .replaceAll('{key}', inKey);
  const broken = brokenKeyRule(provider, key);
  if (broken) {
    throw new InputError(`remoteKey (${JSON.stringify(key)}): ${broken}`);
  }
  // A service account of 1Password names items and fields in one.
  if (provider?.type === 'onepassword' && !provider.connectHost) {
    return { secretKey, key: `${key}/${isOwn ? 'password' : secretKey}` };
  }
  return isOwn ? { secretKey, key } : { secretKey, key, property: secretKey };
}

/** An object of a kind that is written here. */
export type NamedObject = (IExternalSecret | ISecretStore) & {
  metadata: { name: string };
};

/** A store that is read as a service account, by its provider's description. */
export function secretStoreObject(
  reference: SecretReference,
  environment: string,
): NamedObject {
  const provider = providerIn(reference, environment)!;
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name: storeNameIn(reference, environment) },
    spec: {
      // The newest providers are not in the types yet; the schema checks the ones it knows.
      provider: renderProvider(
        provider,
        reference.store.serviceAccount ?? reference.service,
      ) as NonNullable<ISecretStore['spec']>['provider'],
    },
  };
}

export function externalSecretObject(
  reference: SecretReference,
  { name: environment, keys }: { name: string; keys: string[] },
  traits: SecretTraits,
): NamedObject {
  const template = templateOf(reference, traits);
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: reference.name },
    spec: {
      refreshInterval: reference.refreshInterval,
      secretStoreRef: {
        kind: reference.store.kind,
        name: storeNameIn(reference, environment),
      },
      target: {
        // Said although it is the default: kustomize may rename the ExternalSecret, and the
        // workload goes on to ask for this name.
        name: reference.name,
        creationPolicy: reference.creationPolicy,
        deletionPolicy: reference.deletionPolicy,
        ...(traits.immutable ? { immutable: true } : {}),
        ...(template ? { template } : {}),
      },
      data: remoteReferences(reference, environment, keys).map(
        ({ secretKey, ...remoteRef }) => ({ secretKey, remoteRef }),
      ),
    },
  };
}

type Template = NonNullable<
  NonNullable<NonNullable<IExternalSecret['spec']>['target']>['template']
>;

function templateOf(
  { template = {} }: SecretReference,
  traits: SecretTraits,
): Template | undefined {
  const type = template.type ?? traits.type;
  const { data, mergePolicy } = template;
  if (!type && !data) {
    return undefined;
  }
  return {
    ...(type ? { type } : {}),
    ...(data ? { data, ...(mergePolicy ? { mergePolicy } : {}) } : {}),
  };
}

/** What an ExternalSecret that is there says of the Secret that it makes. */
export function existingTraits(value: unknown): SecretTraits {
  const target = (value as IExternalSecret | undefined)?.spec?.target;
  const type = target?.template?.type;
  return {
    ...(type ? { type } : {}),
    ...(target?.immutable ? { immutable: true } : {}),
  };
}
