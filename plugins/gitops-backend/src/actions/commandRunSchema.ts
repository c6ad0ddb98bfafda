import { APPLICATION_COMMANDS } from '@fairway/plugin-gitops-common';
import type { Zod } from './applicationSchema';

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
  });
}
