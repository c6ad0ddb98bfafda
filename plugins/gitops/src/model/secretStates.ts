import {
  staleSecretSince,
  type Fact,
  type HealthStatus,
} from '@fairway/plugin-gitops-common';
import { FactFields } from './FactFields';

/** An external secret, or a store that secrets are read from. Names and times, never a value. */
export interface SecretState {
  id: string;
  of: 'secret' | 'store';
  /** Name of the `Secret` that is kept in step, or of the store with its kind. */
  name: string;
  /** `secret`: the store that it is read from. */
  store?: string;
  /** `secret`: names of what is read there. */
  keys: string[];
  cluster: string;
  environment?: string;
  health: HealthStatus;
  message?: string;
  /** ISO time since when it should have been read again and was not. */
  staleSince?: string;
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
  /** How many facts there are. */
  known: number;
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
    keys: fields.strings('remoteKeys'),
    cluster: fact.ref.cluster,
    environment: fact.environment,
    health: fact.health,
    message: fact.message,
    staleSince:
      of === 'store'
        ? undefined
        : staleSecretSince(
            {
              refreshPolicy: fields.string('refreshPolicy'),
              refreshInterval,
              refreshTime,
            },
            now,
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
  const isWell = ({ health, staleSince }: SecretState) =>
    health === 'healthy' && !staleSince;
  return {
    troubled: secrets
      .filter(secret => !isWell(secret))
      .sort((a, b) => Number(a.of === 'secret') - Number(b.of === 'secret')),
    inSync: secrets.filter(secret => secret.of === 'secret' && isWell(secret))
      .length,
    known: secrets.length,
  };
}
