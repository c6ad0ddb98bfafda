import {
  COMMAND_OUTCOMES,
  outcomeOf,
  type CommandOutcome,
  type CommandResult,
} from '@fairway/plugin-gitops-common';

/** One object of a command in the words of the card. */
export interface ResultLine {
  outcome: CommandOutcome;
  /** Kind and name; the namespace too where several occur. */
  object: string;
  hook?: string;
  /** What the engine says, where the outcome alone does not tell enough. */
  message?: string;
  /** Everything that is known, for a tooltip. */
  whole: string;
}

/** What became of the objects of a command: counts, and a line for each that is not as before. */
export function summarizeResults(results: readonly CommandResult[]): {
  counts: Array<{ outcome: CommandOutcome; count: number }>;
  lines: ResultLine[];
} {
  const outcomes = results.map(outcomeOf);
  const severalNamespaces =
    new Set(results.map(({ namespace }) => namespace).filter(Boolean)).size > 1;
  return {
    counts: COMMAND_OUTCOMES.map(outcome => ({
      outcome,
      count: outcomes.filter(one => one === outcome).length,
    })).filter(({ count }) => count > 0),
    lines: results
      .map((result, index) =>
        toLine(result, outcomes[index], severalNamespaces),
      )
      .filter(({ outcome }) => outcome !== 'unchanged'),
  };
}

function toLine(
  result: CommandResult,
  outcome: CommandOutcome,
  withNamespace: boolean,
): ResultLine {
  const { group, kind, namespace, name, hook, message } = result;
  const place = withNamespace && namespace ? `${namespace}/` : '';
  return {
    outcome,
    object: `${kind} ${place}${name}`,
    hook,
    message:
      outcome === 'failed' || outcome === 'prune-skipped' ? message : undefined,
    whole: [
      `${group ? `${group}/` : ''}${kind} ${
        namespace ? `${namespace}/` : ''
      }${name}`,
      message,
    ]
      .filter(Boolean)
      .join('\n'),
  };
}
