import { InputError } from '@backstage/errors';
import {
  migrationPhase,
  type Application,
} from '@fairway/plugin-gitops-common';
import type {
  ApplicationObservation,
  GitopsObserver,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';

/**
 * An application as its object says now, for a decision: what is stored may be some seconds old,
 * or older where a watch is down. What the store knows beside the object stays as it was.
 *
 * @throws InputError when the object means no application any more.
 */
export function observeAgain(
  stored: Application,
  object: KubernetesObject,
  options: { observer: GitopsObserver; now: Date },
): Application {
  const { observer, now } = options;
  const { cluster, kind, name } = stored.ref;
  const observation = observer
    .observe(object, { cluster, now })
    .find(({ type }) => type === 'application') as
    | ApplicationObservation
    | undefined;
  if (!observation) {
    throw new InputError(
      `${kind} ${name} does not mean an application any more; look at it in its cluster`,
    );
  }
  const {
    type,
    labels,
    annotations,
    deployments,
    sourceRef,
    healthSince,
    chartVersion,
    ...observed
  } = observation;
  return {
    ...stored,
    ...observed,
    phase: migrationPhase(observation.policy),
    // The address of a Flux source stands in an object of its own.
    source: { ...stored.source, ...defined(observation.source) },
    observedAt: now.toISOString(),
  };
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as T;
}
