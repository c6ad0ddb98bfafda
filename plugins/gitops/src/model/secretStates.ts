import {
  staleSecretSince,
  type Fact,
  type HealthStatus,
} from '@fairway/plugin-gitops-common';
import { FactFields } from './FactFields';
import { momentOf, oldestStale } from './factTime';

/** An external secret, or a store that secrets are read from. Names and times, never a value. */
export interface SecretState {
  id: string;
  of: 'secret' | 'store';
  /** Name of the `Secret` that is kept in step, or of the store with its kind. */
  name: string;
  /** `secret`: the store that it is read from. */
  store?: string;
  /** Tells apart stores of one name; of a secret, the one that it is read from. */
  key?: string;
  /** `secret`: names of what is read there. */
  keys: string[];
  cluster: string;
  environment?: string;
  health: HealthStatus;
  message?: string;
  /** ISO time since when it should have been read again and was not. */
  overdueSince?: string;
  /** ISO time since when all this may be out of date. */
  staleSince?: string;
  /** `secret`: the store that it is read from does not work, either. */
  isStoreTroubled?: boolean;
  refreshInterval?: string;
  /** ISO time of the last reading. */
  refreshTime?: string;
}

/** What is known of the secrets of a service. */
export interface SecretsState {
  /** Secrets that are not in step, and stores that do not work; stores first. */
  troubled: SecretState[];
  /** How many secrets are in step. */
  inSync: number;
  /** ISO time since when that may be out of date. */
  staleSince?: string;
  /** How many facts there are. */
  known: number;
}

function readStore(fields: FactFields): { kind?: string; name?: string } {
  const store = fields.object('store');
  return { kind: store.string('kind'), name: store.string('name') };
}

function storeKey(
  { ref: { cluster, namespace } }: Fact,
  { kind, name }: { kind?: string; name?: string },
): string | undefined {
  const place = kind === 'SecretStore' ? namespace : '';
  return name && [cluster, kind, place, name].join('/');
}

function readSecret(fact: Fact, now: Date): SecretState {
  const fields = FactFields.of(fact.details);
  const { kind, name } = fact.ref;
  const of = fields.oneOf('of', ['secret', 'store']) ?? 'secret';
  const refreshInterval = fields.string('refreshInterval');
  const refreshTime = fields.string('refreshTime');
  return {
    id: fact.id,
    of,
    name: of === 'store' ? `${kind} ${name}` : fields.string('target') ?? name,
    store: fields.object('store').string('name'),
    key: storeKey(fact, of === 'store' ? fact.ref : readStore(fields)),
    keys: fields.strings('remoteKeys'),
    cluster: fact.ref.cluster,
    environment: fact.environment,
    health: fact.health,
    message: fact.message,
    staleSince: fact.staleSince,
    overdueSince:
      of === 'store'
        ? undefined
        : staleSecretSince(
            {
              refreshPolicy: fields.string('refreshPolicy'),
              refreshInterval,
              refreshTime,
            },
            momentOf(fact, now),
          ),
    refreshInterval,
    refreshTime,
  };
}

/** Reads the facts of kind `secret`. */
export function readSecrets(facts: readonly Fact[], now: Date): SecretsState {
  const secrets = facts
    .filter(({ kind }) => kind === 'secret')
    .map(fact => readSecret(fact, now));
  const isWell = ({ health, overdueSince }: SecretState) =>
    health === 'healthy' && !overdueSince;
  const inSync = secrets.filter(
    secret => secret.of === 'secret' && isWell(secret),
  );
  const troubled = secrets
    .filter(secret => !isWell(secret))
    .sort((a, b) => Number(a.of === 'secret') - Number(b.of === 'secret'));
  const stores = troubled.filter(({ of }) => of === 'store');
  return {
    troubled: troubled.map(secret => ({
      ...secret,
      isStoreTroubled: stores.some(
        store => store.key !== undefined && store.key === secret.key,
      ),
    })),
    inSync: inSync.length,
    staleSince: oldestStale(inSync),
    known: secrets.length,
  };
}
