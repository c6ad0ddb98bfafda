import { z } from 'zod';
import { invalidFields } from '../model/invalidFields';
import { dnsLabel, labelValue, oneLine, serviceName } from '../model/rules';
import {
  ENVIRONMENT_PLACE,
  objectName,
  providerSchema,
  serviceAccountName,
  storeName,
} from './secretStores';

const secretKey = z
  .string()
  .max(253, 'at most 253 characters')
  .regex(
    /^[-._a-zA-Z0-9]+$/,
    'letters, digits, dashes, dots and underscores, as Kubernetes allows for a key of a Secret',
  );

const referenceSchema = z
  .strictObject({
    /** Name of the Secret that the workload refers to. */
    name: objectName,
    /** Name of the service, in place of `{name}`. */
    service: serviceName,
    /** Value of the label `team`, where the kustomization does not say it. */
    team: labelValue.optional(),
    store: z.strictObject({
      kind: z.enum(['SecretStore', 'ClusterSecretStore']),
      /** With `{environment}` in it, each environment has its own. */
      name: storeName,
      /**
       * Of a SecretStore that is to be made; without it the store exists. Its texts may have
       * `{environment}` in them.
       */
      provider: z.record(z.string(), z.unknown()).optional(),
      /** Account as which the store is read. Default: named like the service. */
      serviceAccount: serviceAccountName.optional(),
    }),
    /** Where the store keeps the values, with `{name}`, `{environment}` and `{key}`. */
    remoteKey: oneLine(512)
      .min(1, 'at least one character')
      .refine(
        key =>
          !/[{}]/.test(key.replaceAll(/\{(?:name|environment|key)\}/g, '')),
        'no braces but those of "{name}", "{environment}" and "{key}"',
      ),
    /** Keys of the Secret. Default: those that the Secret in Git has. */
    keys: z.array(secretKey).min(1, 'at least one key').max(100).optional(),
    /** Environments, when the Secret is new. Default: all. */
    environments: z.array(dnsLabel(63)).min(1).optional(),
    refreshInterval: z
      .string()
      .regex(
        /^(?:[0-9]{1,5}(?:h|m|s))+$/,
        'a duration such as "1h" or "15m30s"',
      )
      .default('1h'),
    creationPolicy: z.enum(['Owner', 'Orphan', 'Merge']).default('Owner'),
    deletionPolicy: z.enum(['Retain', 'Delete', 'Merge']).default('Retain'),
    /** How the Secret is made of the values, in the templates of External Secrets. */
    template: z
      .strictObject({
        type: oneLine(100).min(1).optional(),
        data: z
          .record(secretKey, z.string().max(10_000, 'at most 10000 characters'))
          .optional(),
        mergePolicy: z.enum(['Replace', 'Merge']).optional(),
      })
      .optional(),
  })
  .superRefine((reference, context) => {
    const refuse = (path: string[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const { store, creationPolicy, deletionPolicy } = reference;
    if (store.kind === 'ClusterSecretStore' && store.provider) {
      refuse(
        ['store', 'provider'],
        'only for a SecretStore; a ClusterSecretStore is the platform team’s, and is referred to by its name',
      );
    }
    if (deletionPolicy === 'Delete' && creationPolicy !== 'Owner') {
      refuse(
        ['deletionPolicy'],
        '"Delete" only with the creationPolicy "Owner": External Secrets deletes no Secret that it does not own',
      );
    }
    const { keys = [] } = reference;
    if (new Set(keys).size !== keys.length) {
      refuse(['keys'], 'every key once');
    }
  });

/** A reference to a secret, before defaults. @public */
export type SecretReferenceInput = z.input<typeof referenceSchema>;

/** A reference to a secret. */
export type SecretReference = z.output<typeof referenceSchema>;

export function parseSecretReference(
  input: SecretReferenceInput,
): SecretReference {
  const result = referenceSchema.safeParse(input, { reportInput: true });
  if (!result.success) {
    throw invalidFields('The secret cannot be referred to', result.error);
  }
  return result.data;
}

/** The provider of a store in an environment. */
export function providerIn(reference: SecretReference, environment: string) {
  const { provider } = reference.store;
  if (!provider) {
    return undefined;
  }
  const result = providerSchema.safeParse(filledIn(provider, environment), {
    reportInput: true,
  });
  if (!result.success) {
    throw invalidFields(
      'The store of the secret cannot be described',
      result.error,
    );
  }
  return result.data;
}

function filledIn(value: unknown, environment: string): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(ENVIRONMENT_PLACE, environment);
  }
  if (Array.isArray(value)) {
    return value.map(item => filledIn(item, environment));
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          filledIn(item, environment),
        ]),
      )
    : value;
}
