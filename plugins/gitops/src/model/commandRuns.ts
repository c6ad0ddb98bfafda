import { isCommandOver, type CommandRun } from '@fairway/plugin-gitops-common';

/** How long a success is worth a line, in milliseconds. */
const SUCCESS_SHOWN_MS = 120_000;
/** The same of a dry run, whose result is to be read. */
const DRY_RUN_SHOWN_MS = 15 * 60_000;

/** A dry run says no more what a sync would do when one was given after it. */
function isOutdated(run: CommandRun, last: Map<string, CommandRun>): boolean {
  const sync = last.get(kindOf({ ...run, request: {} }));
  return (
    run.request.dryRun === true &&
    isCommandOver(run) &&
    sync !== undefined &&
    sync.requestedAt > run.requestedAt
  );
}

function kindOf({ command, request }: CommandRun): string {
  return `${command} ${request.dryRun === true}`;
}

/**
 * The commands that the card of an application shows: of each kind the last one, while it is on
 * its way, for a while after it succeeded, and until somebody dismisses it or gives another when
 * it did not. A dry run is a kind of its own: it repairs nothing that failed. Newest first.
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
    const kind = kindOf(run);
    const known = last.get(kind);
    if (
      run.applicationId === options.applicationId &&
      (!known || known.requestedAt < run.requestedAt)
    ) {
      last.set(kind, run);
    }
  }
  return [...last.values()]
    .filter(
      run =>
        !options.dismissed.has(run.id) &&
        !isOutdated(run, last) &&
        (run.state !== 'succeeded' ||
          options.now - Date.parse(run.finishedAt ?? run.requestedAt) <
            (run.request.dryRun ? DRY_RUN_SHOWN_MS : SUCCESS_SHOWN_MS)),
    )
    .sort((a, b) => b.requestedAt.localeCompare(a.requestedAt));
}

/** True while one of them is on its way. */
export function areRunsOpen(runs: readonly CommandRun[]): boolean {
  return runs.some(run => !isCommandOver(run));
}
