import {
  isCommandOver,
  outcomeOf,
  type CommandRun,
} from '@fairway/plugin-gitops-common';

/** What a model, or the next step of a template, needs of a command. */
export function describeRun(run: CommandRun) {
  return {
    id: run.id,
    applicationId: run.applicationId,
    command: run.command,
    state: run.state,
    over: isCommandOver(run),
    message: run.message,
    requestedBy: run.requestedBy,
    requestedAt: run.requestedAt,
    finishedAt: run.finishedAt,
    dryRun: run.request.dryRun === true,
    results: run.results?.map(result => ({
      outcome: outcomeOf(result),
      ...result,
    })),
    omittedResults: run.omittedResults,
  };
}
