import { applicationSchema } from './applicationSchema';
import type { ActionsOptions } from './registerGitopsActions';
import { summarizeApplication } from './summarizeApplication';

/** `sync-gitops-application`: asks the engine to apply what Git says. */
export function registerSyncApplicationAction({
  actionsRegistry,
  answers,
}: ActionsOptions): void {
  actionsRegistry.register({
    name: 'sync-gitops-application',
    title: 'Sync a GitOps application',
    description:
      'Asks Argo CD or Flux to apply now what Git says. It returns when the request was taken, not when it is applied: read the application afterwards. Needs the permission to operate the application; it changes what runs, and with prune it deletes objects that Git no longer names.',
    // With prune it deletes; a second sync of the same revision changes nothing.
    attributes: { readOnly: false, destructive: true, idempotent: true },
    schema: {
      input: z =>
        z.object({
          id: z.string().describe('Id that get-gitops-applications gave'),
          prune: z
            .boolean()
            .optional()
            .describe('Delete what Git no longer names; default false'),
          dryRun: z
            .boolean()
            .optional()
            .describe('Argo CD only: show what would happen; default false'),
        }),
      output: z =>
        z.object({ message: z.string(), application: applicationSchema(z) }),
    },
    async action({ input, credentials }) {
      const { id, ...request } = input;
      const answer = await answers.runCommand(
        { id, command: 'sync', request },
        { credentials },
      );
      return {
        output: {
          message: answer.message,
          application: summarizeApplication(answer.application),
        },
      };
    },
  });
}
