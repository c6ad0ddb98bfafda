/**
 * How fast the stand-ins are. The real controllers need minutes for what these do in
 * seconds; the proportions are kept (a progress deadline outlasts a normal rollout, a
 * poll is rarer than a push). All values are milliseconds.
 */
export interface Timing {
  /** How long changes of one object are gathered before it is looked at again. */
  debounceMs: number;
  /** How often sources are looked at without a push. */
  pollMs: number;
  /** How often an object is reconciled, and its times are rewritten, when nothing changed. */
  intervalMs: number;
  /** From creation of a pod to ready: at least, at most. */
  podReadyMs: [number, number];
  /** What Kubernetes' default of 600 s for `progressDeadlineSeconds` becomes. */
  progressDeadlineMs: number;
  /** How long an Argo CD sync operation stays `Running` before it applies anything. */
  syncMs: number;
  /** How long Argo CD waits before it reverts drift. */
  selfHealMs: number;
  /** The longest health check of Flux, whatever `spec.timeout` allows. */
  healthTimeoutMs: number;
  /** The longest wait before a failed reconciliation is tried again. */
  retryMs: number;
  /** How often a running container says something. */
  heartbeatMs: number;
  /** How often what is read or looked at again and again is: external secrets, audits, backups. */
  guardrailMs: number;
  /** How often pull requests, and folders, are looked at for what is made of each. */
  previewMs: number;
  /** What a minute in the steps of a rollout becomes. */
  rolloutMinuteMs: number;
}

export const DEFAULT_TIMING: Timing = {
  debounceMs: 100,
  pollMs: 5_000,
  intervalMs: 60_000,
  podReadyMs: [1_000, 2_000],
  progressDeadlineMs: 6_000,
  syncMs: 500,
  selfHealMs: 1_000,
  healthTimeoutMs: 15_000,
  retryMs: 10_000,
  heartbeatMs: 20_000,
  guardrailMs: 300_000,
  previewMs: 5_000,
  rolloutMinuteMs: 4_000,
};
