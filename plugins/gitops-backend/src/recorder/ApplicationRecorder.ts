import type { Application } from '@fairway/plugin-gitops-common';
import type { ObservedDeployment } from '@fairway/plugin-gitops-node';
import {
  objectId,
  type ApplicationChange,
  type ObservedOrigin,
  type StoredApplication,
  type StoredObservation,
} from '../store';
import { buildApplication } from './buildApplication';
import { healthAlert } from './healthAlert';
import { planDeployments } from './planDeployments';
import { planFailures, type FailurePlan } from './planFailures';
import type { RecorderOptions } from './Recorder';

/** More than any engine keeps in an object's history. */
const LATEST_DEPLOYMENTS = 30;

/** An application as observed now. */
export interface ObservedApplication {
  observation: StoredObservation;
  /** The engine's history, oldest first. */
  history: readonly ObservedDeployment[];
  origin: ObservedOrigin;
  /** Equal for equal observations. */
  fingerprint: string;
}

interface Plan {
  change: ApplicationChange;
  failures: FailurePlan;
  /** Entity ref of the owner who is to be told of the health. */
  tell?: string;
}

/** Writes what an observation of an application changes in one transaction, and tells of it. */
export class ApplicationRecorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** The component that it belongs to; until the catalog was read, the one that it had. */
  entityRefOf(
    observation: StoredObservation,
    previous?: Application,
  ): string | undefined {
    const { resolver } = this.#options;
    return resolver.ready
      ? resolver.resolve(observation)?.entityRef
      : previous?.entityRef;
  }

  /** Resolves to whether anything changed. Must not run twice at a time for one application. */
  async record(
    observed: ObservedApplication,
    options: { evenIfEqual: boolean },
  ): Promise<boolean> {
    const { store } = this.#options;
    const { observation, fingerprint } = observed;
    const stored = await store.getStoredApplication(objectId(observation.ref));
    const entityRef = this.entityRefOf(observation, stored?.application);
    if (
      stored?.fingerprint === fingerprint &&
      stored.application.entityRef === entityRef &&
      !options.evenIfEqual
    ) {
      return false;
    }
    const plan = await this.#plan(observed, { stored, entityRef });
    const { inserted } = await store.applyApplicationChange(plan.change);
    this.#tell(plan, { inserted, previous: stored?.application });
    return true;
  }

  async #plan(
    observed: ObservedApplication,
    context: { stored?: StoredApplication; entityRef?: string },
  ): Promise<Plan> {
    const { store, config, resolver } = this.#options;
    const { observation, history, origin, fingerprint } = observed;
    const { stored, entityRef } = context;
    const now = this.#options.now?.() ?? new Date();
    const sourceKey = observation.sourceRef && objectId(observation.sourceRef);
    const source = sourceKey ? await store.getSource(sourceKey) : undefined;
    const application = buildApplication({
      ...{ observation, entityRef, config, now },
      source: source?.observation,
      previous: stored?.application,
    });
    const { id } = application;
    const latest = await store.latestDeployments(id, LATEST_DEPLOYMENTS);
    const keys = history.map(({ key }) => key);
    const added = planDeployments({
      ...{ application, history, stored: latest },
      known: await store.knownDeploymentKeys(id, keys),
    });
    const failures = planFailures({
      ...{ application, observation, added, now, stored: latest },
      open: await store.openFailures(id),
      failureWindowSeconds: config.dora.failureWindowSeconds,
    });
    const { alertedAt, tell } = healthAlert(application, {
      stored,
      owner: entityRef ? resolver.get(entityRef)?.owner : undefined,
    });
    return {
      change: {
        stored: {
          ...{ application, observation, origin, fingerprint },
          firstSeenAt: stored?.firstSeenAt ?? now.toISOString(),
          ...(alertedAt ? { alertedAt } : {}),
        },
        sourceKey,
        deployments: added,
        // What opened and ended meanwhile is in both; the one that ended is written last.
        failures: [...failures.opened, ...failures.closed],
      },
      failures,
      ...(tell ? { tell } : {}),
    };
  }

  #tell(
    { change, failures, tell }: Plan,
    written: { inserted: readonly string[]; previous?: Application },
  ): void {
    const { listener, onDeploymentRecorded } = this.#options;
    const { application } = change.stored;
    listener.applicationChanged(application, written.previous);
    for (const deploymentId of written.inserted) {
      listener.deploymentChanged({
        deploymentId,
        applicationId: application.id,
        entityRef: application.entityRef,
      });
    }
    failures.opened.forEach(failure => listener.failureOpened(failure));
    failures.closed.forEach(failure => listener.failureClosed(failure));
    if (tell) {
      listener.healthAlert(application, tell);
    }
    if (written.inserted.length > 0) {
      onDeploymentRecorded?.();
    }
  }
}
