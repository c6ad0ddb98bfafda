import { gitopsToolUsePermission } from '@fairway/plugin-gitops-common';
import { applicationSchema } from './applicationSchema';
import { commandRunSchema } from './commandRunSchema';
import { describeRun } from './describeRun';
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
    description: `Asks Argo CD or Flux to apply now what Git says.
It returns when the request was taken, with a run that get-gitops-command follows until it ends. Needs the permission to operate the application; it changes what runs. With prune it deletes objects that Git no longer names, with force it deletes and creates objects again: use either only when the user asked for it. Refused, with the reason, while another sync of Argo CD runs, or where the engine or a sync window forbids it; a sync of Flux takes the place of the one before.`,
    visibilityPermission: gitopsToolUsePermission,
    // With prune and force it deletes; a sync runs the hooks of the application each time.
    attributes: { readOnly: false, destructive: true, idempotent: false },
    schema: {
      input: z =>
        z.object({
          id: z.string().describe('Id that get-gitops-applications gave'),
          revision: z
            .string()
            .min(1)
            .max(250)
            .optional()
            .describe(
              'Argo CD only: revision to deploy; default the one that the source names',
            ),
          prune: z
            .boolean()
            .optional()
            .describe('Delete what Git no longer names; default false'),
          dryRun: z
            .boolean()
            .optional()
            .describe(
              'Argo CD only: change nothing; get-gitops-command then tells object by object what would happen; default false',
            ),
          resources: z
            .array(
              z.object({
                group: z.string().describe('Empty for the core group'),
                kind: z.string().min(1),
                namespace: z.string().min(1).optional(),
                name: z.string().min(1),
              }),
            )
            .min(1)
            .max(500)
            .optional()
            .describe('Argo CD only: these objects alone; default all'),
          force: z
            .boolean()
            .optional()
            .describe(
              'Delete and create objects again that cannot be changed; default false',
            ),
        }),
      output: z =>
        z.object({
          message: z.string(),
          run: commandRunSchema(z),
          application: applicationSchema(z),
        }),
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
          run: describeRun(answer.run),
          application: summarizeApplication(answer.application),
        },
      };
    },
  });
}
