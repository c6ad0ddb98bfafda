import {
  COMMAND_OUTCOMES,
  outcomeOf,
  type CommandResult,
  type CommandRun,
} from '@fairway/plugin-gitops-common';

/** As many as a person looks through; a run is stored with them, and shown on pages. */
const MAX_RESULTS = 100;
const MAX_MESSAGE_LENGTH = 500;

function rankOf(result: CommandResult): number {
  return COMMAND_OUTCOMES.indexOf(outcomeOf(result));
}

/**
 * What a command bears of what became of its objects: at most 100, what a person should see first
 * before the rest, else in the order of the engine, with short messages. Nothing when there are
 * none.
 *
 * @public
 */
export function limitResults(
  results: readonly CommandResult[],
): Pick<CommandRun, 'results' | 'omittedResults'> {
  if (results.length === 0) {
    return {};
  }
  const omitted = results.length - MAX_RESULTS;
  return {
    results: [...results]
      .sort((a, b) => rankOf(a) - rankOf(b))
      .slice(0, MAX_RESULTS)
      .map(({ message, ...result }) => ({
        ...result,
        ...(message && {
          message:
            message.length > MAX_MESSAGE_LENGTH
              ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…`
              : message,
        }),
      })),
    ...(omitted > 0 && { omittedResults: omitted }),
  };
}
