import { KubernetesObject } from '../../types';

/** A replica set as the arithmetic of a rollout sees it. */
export interface Replicas {
  name: string;
  wanted: number;
  existing: number;
  available: number;
}

/** How many replicas each set is to have next. */
export type Scaling = Map<string, number>;

/** A count, or a share of `total` such as `25%`. */
function resolve(
  value: number | string | undefined,
  total: number,
  round: (number: number) => number,
): number {
  const given = value ?? '25%';
  return typeof given === 'number'
    ? given
    : round((Number.parseFloat(given) / 100) * total);
}

export function rolloutLimits(deployment: KubernetesObject): {
  surge: number;
  unavailable: number;
} {
  const wanted = deployment.spec.replicas ?? 1;
  const { maxSurge, maxUnavailable } =
    deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = resolve(maxSurge, wanted, Math.ceil);
  const unavailable = resolve(maxUnavailable, wanted, Math.floor);
  // Both zero would never move; the API refuses it, rounding may still lead there.
  return surge + unavailable === 0
    ? { surge, unavailable: 1 }
    : { surge, unavailable };
}

/**
 * One step of a rolling update by the rules of the deployment controller: the new set grows
 * as far as the surge allows; old sets shrink as far as enough replicas stay available,
 * those that are broken first. Only sets whose number changes are in the answer.
 */
export function nextScaling(options: {
  wanted: number;
  surge: number;
  unavailable: number;
  current: Replicas;
  old: Replicas[];
}): Scaling {
  const { wanted, current, old } = options;
  const scaling: Scaling = new Map();
  const total = [current, ...old].reduce((sum, set) => sum + set.wanted, 0);
  if (current.wanted !== wanted) {
    const room = Math.max(0, wanted + options.surge - total);
    const next = Math.min(wanted, current.wanted + room);
    if (next !== current.wanted) {
      scaling.set(current.name, next);
      // As the real controller: one direction per step.
      return scaling;
    }
  }
  const minimum = wanted - options.unavailable;
  const currentMissing = current.wanted - current.available;
  let removable = total - minimum - currentMissing;
  const left = new Map(old.map(set => [set.name, set.wanted]));
  const take = (set: Replicas, most: number) => {
    const count = Math.max(0, Math.min(most, removable, left.get(set.name)!));
    left.set(set.name, left.get(set.name)! - count);
    removable -= count;
    return count;
  };
  for (const set of old) {
    take(set, set.wanted - set.available);
  }
  const available = [current, ...old].reduce(
    (sum, set) => sum + set.available,
    0,
  );
  let spare = available - minimum;
  for (const set of old) {
    spare -= take(set, Math.max(0, spare));
  }
  for (const set of old) {
    if (left.get(set.name) !== set.wanted) {
      scaling.set(set.name, left.get(set.name)!);
    }
  }
  return scaling;
}
