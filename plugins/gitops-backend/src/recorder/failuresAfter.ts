import type { FactObservation } from '@fairway/plugin-gitops-node';
import type { FactFailure } from '../store';

/** More aborts than anybody tries in a row without one that succeeds. */
const KEPT = 20;

/**
 * The failures that a fact means after an observation, by those that it meant before. Pure.
 *
 * @remarks
 * A failure begins when the object says that something was aborted that had not been, and all are
 * over when it is healthy: on the way there it fails still. The last one is kept when it is over,
 * so that what is seen again opens nothing.
 */
export function failuresAfter(
  before: { failures?: readonly FactFailure[]; wasFailing: boolean },
  observation: FactObservation,
  now: Date,
): FactFailure[] {
  const failures = [...(before.failures ?? [])];
  const { failure, health, healthSince } = observation;
  if (failure) {
    const told = possibleTime(failure.startedAt, now);
    const last = failures.at(-1);
    if (!last || isAnother(last, { told, wasFailing: before.wasFailing })) {
      failures.push({
        signal: failure.signal,
        reason: failure.reason,
        startedAt: told ?? now.toISOString(),
        ...(failure.images?.length ? { images: failure.images } : {}),
      });
    }
    return kept(failures);
  }
  if (health !== 'healthy') {
    return failures;
  }
  const told = possibleTime(healthSince, now);
  return kept(
    failures.map(one =>
      ended(one, told && told >= one.startedAt ? told : now.toISOString()),
    ),
  );
}

/** The failures of a fact whose object is gone. */
export function failuresWithout(
  failures: readonly FactFailure[],
  now: Date,
): FactFailure[] {
  return failures.map(one => ended(one, now.toISOString()));
}

/** Something of it is to be written yet. */
export function isUnrecorded(failure: FactFailure): boolean {
  return !failure.isOver && (!failure.deploymentId || !!failure.endedAt);
}

function kept(failures: FactFailure[]): FactFailure[] {
  return failures
    .filter((one, index) => !one.isOver || index === failures.length - 1)
    .slice(-KEPT);
}

function ended(failure: FactFailure, time: string): FactFailure {
  return failure.endedAt ? failure : { ...failure, endedAt: time };
}

/** One too many does no harm: a deployment has one failure of a fact. */
function isAnother(
  last: FactFailure,
  { told, wasFailing }: { told?: string; wasFailing: boolean },
): boolean {
  return told ? told > last.startedAt : !wasFailing;
}

function possibleTime(text: string | undefined, now: Date): string | undefined {
  const time = Date.parse(text ?? '');
  return time <= now.getTime() ? new Date(time).toISOString() : undefined;
}
