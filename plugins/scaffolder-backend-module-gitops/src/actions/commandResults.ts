import { outcomeOf, type CommandRun } from '@fairway/plugin-gitops-common';

/** A line for each object that is not as before, or would not be. */
export function describeResults({
  request,
  results = [],
  omittedResults,
}: CommandRun): string[] {
  const lines = results
    .filter(result => outcomeOf(result) !== 'unchanged')
    .map(
      result =>
        `${result.kind} ${result.namespace ? `${result.namespace}/` : ''}${
          result.name
        }: ${outcomeOf(result)}${request.dryRun ? ' (dry run)' : ''}`,
    );
  return omittedResults ? [...lines, `And ${omittedResults} more`] : lines;
}

/** What the steps that follow can read; undefined where the engine does not tell. */
export function toOutput({
  results,
}: CommandRun): Array<Record<string, unknown>> | undefined {
  return results?.map(result => ({ outcome: outcomeOf(result), ...result }));
}
