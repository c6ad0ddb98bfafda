/** A condition as `metav1.Condition` and its relatives have it. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
  observedGeneration?: number;
}

/** The current time as Kubernetes writes it: UTC, whole seconds. */
export function timestamp(milliseconds = Date.now()): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * The current time with milliseconds, for what is compared with a scaled-down duration: whole
 * seconds would be too coarse.
 */
export function preciseTimestamp(): string {
  return new Date().toISOString();
}

export function findCondition(
  conditions: Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find(condition => condition.type === type);
}

/**
 * The conditions with one set. `lastTransitionTime` moves only when the status does, so
 * setting what already holds gives back what was there.
 */
export function withCondition(
  conditions: Condition[] | undefined,
  condition: Condition,
): Condition[] {
  const before = findCondition(conditions, condition.type);
  const next: Condition = {
    ...condition,
    lastTransitionTime:
      before?.status === condition.status && before.lastTransitionTime
        ? before.lastTransitionTime
        : timestamp(),
  };
  if (!before) {
    return [...(conditions ?? []), next];
  }
  return conditions!.map(other => (other === before ? next : other));
}

export function withoutCondition(
  conditions: Condition[] | undefined,
  type: string,
): Condition[] {
  return (conditions ?? []).filter(condition => condition.type !== type);
}
