/**
 * The health of an application, in Argo CD's order, worst last.
 *
 * @remarks
 * Source of the order: `healthOrder` in Argo CD's gitops-engine
 * (Healthy, Suspended, Progressing, Missing, Degraded, Unknown).
 *
 * @public
 */
export const HEALTH_STATUSES = [
  'healthy',
  'suspended',
  'progressing',
  'missing',
  'degraded',
  'unknown',
] as const;

/** One of {@link HEALTH_STATUSES}. @public */
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/**
 * The worst of several health states; `unknown` when there are none, because what
 * nobody looked at is not healthy.
 *
 * @public
 */
export function worstHealth(statuses: readonly HealthStatus[]): HealthStatus {
  if (statuses.length === 0) {
    return 'unknown';
  }
  return statuses.reduce((worst, status) =>
    HEALTH_STATUSES.indexOf(status) > HEALTH_STATUSES.indexOf(worst)
      ? status
      : worst,
  );
}
