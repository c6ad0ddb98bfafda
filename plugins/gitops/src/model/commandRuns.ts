import { isCommandOver, type CommandRun } from '@fairway/plugin-gitops-common';

/** How long a success is worth a line, in milliseconds. */
const SUCCESS_SHOWN_MS = 120_000;

/**
 * The commands that the card of an application shows: of each kind the last one, while it is on
 * its way, for a while after it succeeded, and until somebody dismisses it or gives another when
 * it did not. Newest first.
 */
export function runsToShow(
  runs: readonly CommandRun[],
  options: {
    applicationId: string;
    /** Milliseconds since the epoch. */
    now: number;
    dismissed: ReadonlySet<string>;
  },
): CommandRun[] {
  const last = new Map<string, CommandRun>();
  for (const run of runs) {
    const known = last.get(run.command);
    if (
      run.applicationId === options.applicationId &&
      (!known || known.requestedAt < run.requestedAt)
    ) {
      last.set(run.command, run);
    }
  }
  return [...last.values()]
    .filter(
      run =>
        !options.dismissed.has(run.id) &&
        (run.state !== 'succeeded' ||
          options.now - Date.parse(run.finishedAt ?? run.requestedAt) <
            SUCCESS_SHOWN_MS),
    )
    .sort((a, b) => b.requestedAt.localeCompare(a.requestedAt));
}

/** True while one of them is on its way. */
export function areRunsOpen(runs: readonly CommandRun[]): boolean {
  return runs.some(run => !isCommandOver(run));
}
