import type {
  Application,
  Deployment,
  Failure,
} from '@fairway/plugin-gitops-common';
import type {
  ObservedDeployment,
  SourceObservation,
} from '@fairway/plugin-gitops-node';
import type { GitopsConfig } from '../config';
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
import { settle } from './settledHealth';

/** An application as observed now. */
export interface ObservedApplication {
  observation: StoredObservation;
  /** The engine's history, oldest first. */
  history: readonly ObservedDeployment[];
  origin: ObservedOrigin;
  /** Equal for equal observations. */
  fingerprint: string;
}

/** What decides what an observation of an application changes. */
export interface ApplicationPlanInput {
  observed: ObservedApplication;
  stored?: StoredApplication;
  /** The component that it belongs to. */
  entityRef?: string;
  /** Entity ref of the owner of the component. */
  owner?: string;
  /** The source that it names, when it was seen, then what that is made from. */
  sources: readonly SourceObservation[];
  /** Observed deployments that are stored, newest first. */
  latest: readonly Deployment[];
  /** Keys of the history that are stored. */
  known: ReadonlySet<string>;
  /** Failures that last. */
  open: readonly Failure[];
  config: GitopsConfig;
  now: Date;
}

/** What an observation changes. */
export interface ApplicationPlan {
  change: ApplicationChange;
  failures: FailurePlan;
  previous?: Application;
}

/** What an observation changes. Pure; the same input plans the same. */
export function planApplication(input: ApplicationPlanInput): ApplicationPlan {
  const { observed, stored, entityRef, config, now, latest } = input;
  const { observation, history, origin, fingerprint } = observed;
  const parts = {
    ...{ observation, entityRef, config, now },
    sources: input.sources,
    previous: stored?.application,
    settled: stored?.settled,
  };
  const application = buildApplication(parts);
  const settled = settle(parts, application);
  const added = planDeployments({
    ...{ application, history, stored: latest },
    known: input.known,
  });
  const failures = planFailures({
    ...{ application, observation, added, now, stored: latest },
    open: input.open,
    failureWindowSeconds: config.dora.failureWindowSeconds,
  });
  const { alertedAt, tell } = healthAlert(application, {
    stored,
    owner: input.owner,
  });
  return {
    change: {
      stored: {
        ...{ application, observation, origin, fingerprint },
        firstSeenAt: stored?.firstSeenAt ?? now.toISOString(),
        ...(alertedAt ? { alertedAt } : {}),
        ...(settled ? { settled } : {}),
      },
      ...(observation.sourceRef
        ? { sourceKey: objectId(observation.sourceRef) }
        : {}),
      deployments: added,
      // What opened and ended meanwhile is in both; the one that ended is written last.
      failures: [...failures.opened, ...failures.closed],
      ...(tell
        ? {
            alert: {
              applicationId: application.id,
              owner: tell,
              recordedAt: now.toISOString(),
            },
          }
        : {}),
    },
    failures,
    ...(stored ? { previous: stored.application } : {}),
  };
}
