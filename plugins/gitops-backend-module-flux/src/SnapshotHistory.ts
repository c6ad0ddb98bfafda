import type { ObjectFields } from '@fairway/plugin-gitops-node';
import { readRevision } from './readRevision';

/** Entries that the history of a Kustomization keeps; older ones are dropped. */
const KEPT = 5;

/** One set of manifests with one outcome, as `status.history` has it. */
export interface Snapshot {
  digest: string;
  succeeded: boolean;
  /** The last one that had these manifests. */
  revision: string;
  /** The commit that it was built from, when it is an artifact. */
  originRevision?: string;
  /** ISO times. */
  first: string;
  last: string;
}

/** The entries that are complete, newest first. */
export function readSnapshots(status: ObjectFields): Snapshot[] {
  return status
    .list('history')
    .slice(0, KEPT)
    .flatMap(entry => {
      const digest = entry.string('digest');
      const first = entry.time('firstReconciled');
      const last = entry.time('lastReconciled');
      const metadata = entry.object('metadata');
      const revision = readRevision(metadata.string('revision'));
      return digest && first && last && revision
        ? [
            {
              digest,
              succeeded:
                entry.string('lastReconciledStatus') ===
                'ReconciliationSucceeded',
              revision,
              originRevision: readRevision(metadata.string('originRevision')),
              first,
              last,
            },
          ]
        : [];
    });
}

/** What can be concluded from the entries, newest first, about when each was in force. */
export class SnapshotHistory {
  readonly entries: readonly Snapshot[];

  constructor(entries: readonly Snapshot[]) {
    this.entries = entries;
  }

  /** Whether there may have been more entries, which were dropped. */
  get isFull(): boolean {
    return this.entries.length >= KEPT;
  }

  /** Index of the manifests that were in force before those at `index`; -1 when it is not known. */
  predecessorIndex(index: number): number {
    const { digest } = this.entries[index];
    return this.entries.findIndex(
      (other, at) => at > index && other.succeeded && other.digest !== digest,
    );
  }

  /** The manifests that were in force before those at `index`: the next that were applied. */
  predecessorOf(index: number): Snapshot | undefined {
    return this.entries[this.predecessorIndex(index)];
  }

  /** Tells each time that the manifests at `index` were applied from the other times. */
  keyOf(index: number): string {
    const { digest, first } = this.entries[index];
    return `applied/${digest}/${this.predecessorOf(index)?.last ?? first}`;
  }

  /** Whether manifests that were applied before these came back after them. */
  isOvertaken(index: number): boolean {
    return this.entries
      .slice(0, index)
      .some(
        ({ succeeded, first }) =>
          succeeded && first <= this.entries[index].first,
      );
  }

  /** Whether others were applied in between: then these were in force more than once. */
  isInterrupted(index: number): boolean {
    const { first, last } = this.entries[index];
    return this.entries.some(
      other => other.succeeded && other.first > first && other.first <= last,
    );
  }

  /**
   * Applied once only, upon what the history still has behind it. As entries are dropped by the
   * time of their last reconciliation, all that came after that one are still there.
   */
  isClear(index: number): boolean {
    const before = this.predecessorOf(index);
    return (
      !this.isOvertaken(index) &&
      !this.isInterrupted(index) &&
      (before ? before.last <= this.entries[index].first : !this.isFull)
    );
  }
}
