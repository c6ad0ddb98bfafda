import type { Application } from '@fairway/plugin-gitops-common';
import type { SettledHealth, StoredObservation } from '../store';

/** What decides since when the health has its value. */
export interface HealthInput {
  observation: StoredObservation;
  /** What was stored before. */
  previous?: Application;
  settled?: SettledHealth;
  now: Date;
}

function validTime(text: string | undefined, now: Date): string | undefined {
  const time = text === undefined ? NaN : Date.parse(text);
  return time <= now.getTime() ? new Date(time).toISOString() : undefined;
}

/**
 * Since when the health has its value: as the engine says, else since it was first seen. An engine
 * that goes over the same again and again writes its own times anew, so that it is believed once.
 */
export function healthSince(input: HealthInput): string {
  const { observation, previous, settled, now } = input;
  const { health, attempt } = observation;
  const told = validTime(observation.healthSince, now);
  const isSame = previous?.health === health;
  if (attempt === undefined) {
    return told ?? (isSame ? previous.healthSince : now.toISOString());
  }
  if (settled?.health === health && settled.attempt === attempt) {
    return settled.since;
  }
  const isStillProgressing = isSame && health === 'progressing';
  return isStillProgressing ? previous.healthSince : told ?? now.toISOString();
}

/**
 * The health to remember for the next observation. `progressing` is on the way to another one, and
 * when nothing new is tried, perhaps to the one before.
 */
export function settle(
  { observation, settled }: HealthInput,
  application: Application,
): SettledHealth | undefined {
  const { health, attempt } = observation;
  if (attempt === undefined) {
    return undefined;
  }
  if (health === 'progressing') {
    return settled?.attempt === attempt ? settled : undefined;
  }
  return { health, since: application.healthSince, attempt };
}
