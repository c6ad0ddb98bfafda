import type { CommandRequest, CommandRun } from '@fairway/plugin-gitops-common';
import type { CommandPatch, CommandProgress } from '../../GitopsObserver';
import { CONTEXT } from './contractContext';
import { demand, demandJson, show } from './demand';
import { demandText, demandTime } from './demandTexts';

const PROGRESS_STATES = [
  'requested',
  'running',
  'succeeded',
  'failed',
  'superseded',
];

/** As many as `limitResults` leaves. */
const MAX_RESULTS = 100;

/** How far the clocks of a cluster and of the backend may be apart. */
const CLOCK_TOLERANCE_MS = 60_000;

/** One write to a cluster. */
export function demandPatch(patch: CommandPatch): void {
  const { ref, plural } = patch;
  demandJson(patch, 'a patch');
  demand(ref.cluster === CONTEXT.cluster, 'a patch is for another cluster');
  demand(ref.name !== '', 'a patch is for an object without a name');
  demand(
    /^([a-z0-9.-]+\/)?v\d+[a-z0-9]*$/.test(ref.apiVersion),
    `a patch is for an object of ${show(ref.apiVersion)}`,
  );
  demand(/^[a-z]+$/.test(plural), `the plural of a patch is ${show(plural)}`);
  demand(
    patch.type === 'application/merge-patch+json',
    `a patch is of type ${show(patch.type)}`,
  );
  demand(patch.note !== '', 'the note of a patch is empty');
  demandText(patch.note, 'the note of a patch');
}

/** All writes of a command. */
export function demandPatches(patches: CommandPatch[]): void {
  demand(patches.length > 0, 'a command that it offers has no patch');
  patches.forEach(demandPatch);
  demand(
    patches.at(-1)?.optional !== true,
    'the last patch of a command is optional, and nothing would be there to follow',
  );
}

/**
 * What a patch does that nobody asked for: it deletes, prunes or forces. Options that Git already
 * names for each sync of the application are Git's.
 */
export function harmOf(
  patch: unknown,
  { request, options = [] }: { request: CommandRequest; options?: string[] },
): string | undefined {
  const harmful: Array<[RegExp, boolean]> = [
    [/delet|finalizer|cascade/i, false],
    [/prune/i, request.prune === true],
    [/force|replace|recreate/i, request.force === true],
  ];
  const isHarm = (name: string) =>
    harmful.some(([pattern, asked]) => pattern.test(name) && !asked);
  const into = (
    value: unknown,
    path: string,
    harm: boolean,
  ): string | undefined => {
    if (typeof value === 'object' && value !== null) {
      return Object.entries(value)
        .map(([key, item]) => into(item, `${path}.${key}`, harm || isHarm(key)))
        .find(found => found !== undefined);
    }
    if (value === null) {
      return /^\.spec\b/.test(path) ? path : undefined;
    }
    const isSwitch =
      typeof value === 'string' &&
      /^[\w-]+=true$/i.test(value) &&
      !options.includes(value) &&
      isHarm(value);
    const isOn = !['', 'false', '0', 'disabled'].includes(String(value));
    return (harm && isOn) || isSwitch ? `${path}=${String(value)}` : undefined;
  };
  return into(patch, '', false);
}

/** What may be said of a command. */
export function demandProgress(
  progress: CommandProgress | undefined,
  run: CommandRun,
): void {
  if (progress === undefined) {
    return;
  }
  demandJson(progress, 'progress');
  const { state, message, finishedAt, results = [] } = progress;
  demand(
    PROGRESS_STATES.includes(state),
    `progress has the state ${show(state)}`,
  );
  demand(message !== '', 'the message of progress is empty');
  demandText(message, 'the message of progress');
  demandTime(finishedAt, 'finishedAt of progress');
  demand(
    results.length <= MAX_RESULTS,
    `progress has ${results.length} results; limitResults leaves what a person looks through`,
  );
  results.forEach(result => {
    demandText(result.message, 'the message of a result');
  });
  demand(
    finishedAt === undefined || !['requested', 'running'].includes(state),
    `a command that is ${state} has an end`,
  );
  const took =
    Date.parse(finishedAt ?? run.requestedAt) - Date.parse(run.requestedAt);
  demand(
    took >= -CLOCK_TOLERANCE_MS,
    `a command that was asked for at ${run.requestedAt} ended before, at ${finishedAt}`,
  );
}
