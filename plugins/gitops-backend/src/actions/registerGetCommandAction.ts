import { gitopsToolUsePermission } from '@fairway/plugin-gitops-common';
import { commandRunSchema } from './commandRunSchema';
import { describeRun } from './describeRun';
import type { ActionsOptions } from './registerGitopsActions';

/** `get-gitops-command`: how a command went on. */
export function registerGetCommandAction({
  actionsRegistry,
  answers,
}: ActionsOptions): void {
  actionsRegistry.register({
    name: 'get-gitops-command',
    title: 'Get a GitOps command',
    description:
      'Reads how a command such as sync-gitops-application went on, with the message of the engine and, when it ended, what became of each object: what a dry run would create, change, delete or fail at. A command that is not over goes on: ask again after some seconds.',
    visibilityPermission: gitopsToolUsePermission,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z =>
        z.object({
          id: z
            .string()
            .describe('Id of the run that sync-gitops-application gave'),
        }),
      output: z => commandRunSchema(z),
    },
    async action({ input, credentials }) {
      return {
        output: describeRun(
          await answers.getCommandRun(input.id, { credentials }),
        ),
      };
    },
  });
}
