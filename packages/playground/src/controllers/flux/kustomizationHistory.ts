import { timestamp } from '../objects/conditions';
import { formatDuration } from './fluxObjects';

const MOST_HISTORY = 5;

/** One entry of `status.history` of a Kustomization or a ResourceSet. */
export interface HistoryEntry {
  digest: string;
  firstReconciled: string;
  lastReconciled: string;
  lastReconciledDuration: string;
  lastReconciledStatus: string;
  totalReconciliations: number;
  metadata: Record<string, string>;
}

/** The history with one attempt more, newest first: the same outcome again is counted. */
export function withAttempt(
  history: HistoryEntry[] = [],
  attempt: {
    digest: string;
    status: string;
    durationMs: number;
    metadata: Record<string, string>;
  },
): HistoryEntry[] {
  const { digest, metadata, status } = attempt;
  const same = history.find(
    entry => entry.digest === digest && entry.lastReconciledStatus === status,
  );
  const now = timestamp();
  const entry: HistoryEntry = {
    digest,
    firstReconciled: same?.firstReconciled ?? now,
    lastReconciled: now,
    lastReconciledDuration: formatDuration(attempt.durationMs),
    lastReconciledStatus: status,
    totalReconciliations: (same?.totalReconciliations ?? 0) + 1,
    metadata,
  };
  return [entry, ...history.filter(other => other !== same)].slice(
    0,
    MOST_HISTORY,
  );
}
