import type { Failure } from '@fairway/plugin-gitops-common';
import { failureId, type FactFailure } from '../store';
import {
  failedAt,
  failedDeployment,
  isAtIt,
  type FailedIn,
} from './failedDeployment';
import { isUnrecorded } from './failuresAfter';

/** What decides which failures of a fact are recorded. */
export interface FactFailuresInput {
  factId: string;
  failures: readonly FactFailure[];
  /** The application in which they failed; absent while nobody knows it. */
  failedIn?: FailedIn & { applicationId: string };
  /** Failures that last, of the applications concerned. */
  open: readonly Failure[];
}

/** What is recorded, and what is remembered from then on. */
export interface FactFailuresPlan {
  failures: FactFailure[];
  /** What opens and what ends, in this order; one failure may do both, and again. */
  changes: Failure[];
}

/**
 * Which failures of a fact open and end now. Pure; what was recorded once plans nothing.
 *
 * @remarks
 * A deployment has one failure of a fact: when the same revision is tried again and fails again,
 * that one opens again, as of its first signal.
 */
export function planFactFailures(input: FactFailuresInput): FactFailuresPlan {
  const plan: FactFailuresPlan = { failures: [], changes: [] };
  const rows = new Map(
    [
      ...(input.failedIn?.deployments ?? []).flatMap(one => one.failures),
      ...input.open,
    ].map(row => [row.id, row]),
  );
  for (const failure of input.failures) {
    const placed = isUnrecorded(failure)
      ? open(failure, { input, rows, plan })
      : failure;
    plan.failures.push(
      placed.deploymentId ? close(placed, { input, rows, plan }) : placed,
    );
  }
  return plan;
}

interface Planning {
  input: FactFailuresInput;
  /** Failures as they are after what is planned. */
  rows: Map<string, Failure>;
  plan: FactFailuresPlan;
}

function idOf(failure: FactFailure, factId: string): string {
  return failureId(failure.deploymentId!, failure.signal, factId);
}

function open(
  failure: FactFailure,
  { input, rows, plan }: Planning,
): FactFailure {
  const { failedIn, factId } = input;
  if (failure.deploymentId || !failedIn) {
    return failure;
  }
  const deployment = failedDeployment(failure, failedIn);
  if (!deployment) {
    const { operation } = failedIn.application;
    return isAtIt(failure, failedIn.application) && operation?.startedAt
      ? { ...failure, revision: failure.revision ?? operation.revision }
      : failure;
  }
  const { applicationId } = failedIn;
  const { id: deploymentId, cluster } = deployment;
  const placed = { ...failure, deploymentId, applicationId, cluster };
  const id = idOf(placed, factId);
  const known = rows.get(id);
  if (!known || known.endedAt) {
    const { signal, reason } = failure;
    const row: Failure = {
      ...{ id, deploymentId, applicationId, signal, reason },
      startedAt: known?.startedAt ?? failedAt(failure, deployment),
    };
    rows.set(id, row);
    plan.changes.push(row);
  }
  return placed;
}

function close(
  failure: FactFailure,
  { input, rows, plan }: Planning,
): FactFailure {
  const { endedAt, isOver } = failure;
  if (!endedAt || isOver) {
    return failure;
  }
  const row = rows.get(idOf(failure, input.factId));
  if (row && !row.endedAt) {
    const closed = {
      ...row,
      endedAt: endedAt > row.startedAt ? endedAt : row.startedAt,
    };
    rows.set(row.id, closed);
    plan.changes.push(closed);
  }
  return { ...failure, isOver: true };
}
