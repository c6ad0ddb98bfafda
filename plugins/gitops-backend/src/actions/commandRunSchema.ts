import {
  APPLICATION_COMMANDS,
  COMMAND_OUTCOMES,
} from '@fairway/plugin-gitops-common';
import type { Zod } from './applicationSchema';

function commandResultSchema(z: Zod) {
  return z.object({
    outcome: z
      .enum(COMMAND_OUTCOMES as [string, ...string[]])
      .describe(
        'prune-skipped: it left Git and stays; applied: the engine does not say what that changed',
      ),
    group: z.string().describe('Empty for the core group'),
    kind: z.string(),
    namespace: z.string().optional(),
    name: z.string(),
    status: z.string().optional(),
    change: z.string().optional(),
    hook: z.string().optional().describe('Phase of the sync that it runs in'),
    phase: z.string().optional().describe('How a hook went'),
    message: z.string().optional(),
  });
}

/** A command as `describeRun` gives it. */
export function commandRunSchema(z: Zod) {
  return z.object({
    id: z.string().describe('Give it to get-gitops-command'),
    applicationId: z.string(),
    command: z.enum(APPLICATION_COMMANDS),
    state: z
      .enum([
        'requested',
        'running',
        'succeeded',
        'failed',
        'superseded',
        'lost',
      ])
      .describe(
        'requested: the engine has not taken it up; superseded: another operation ran in its place; lost: nothing was heard of it in time',
      ),
    over: z.boolean().describe('True when nothing more will come of it'),
    message: z.string().describe('What was asked, or how it went'),
    requestedBy: z.string().describe('Entity ref'),
    requestedAt: z.string(),
    finishedAt: z.string().optional(),
    dryRun: z
      .boolean()
      .describe('True when nothing was changed: results say what would be'),
    results: z
      .array(commandResultSchema(z))
      .optional()
      .describe(
        'Of a sync that ended, where the engine tells: what became of each object, or would by a dry run; failures first',
      ),
    omittedResults: z
      .number()
      .optional()
      .describe('How many more than results there are'),
  });
}
