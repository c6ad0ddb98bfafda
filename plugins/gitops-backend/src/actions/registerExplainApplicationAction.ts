import { gitopsToolUsePermission } from '@fairway/plugin-gitops-common';
import { applicationSchema } from './applicationSchema';
import type { ActionsOptions } from './registerGitopsActions';
import { summarizeApplication } from './summarizeApplication';

/** `explain-gitops-application`: why it is out of sync or not healthy. */
export function registerExplainApplicationAction({
  actionsRegistry,
  answers,
}: ActionsOptions): void {
  actionsRegistry.register({
    name: 'explain-gitops-application',
    title: 'Explain a GitOps application',
    description: `Says in sentences why an application is out of sync or not healthy, and what to do about each reason.
It looks at the objects that differ or fail, the last sync, the source of the manifests, dependencies, suspension, the sync policy and sync windows, what policies and rollouts of the service say, and whether its cluster can be seen. Causes come before what follows from them.`,
    visibilityPermission: gitopsToolUsePermission,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z =>
        z.object({
          id: z.string().describe('Id that get-gitops-applications gave'),
        }),
      output: z =>
        z.object({
          summary: z.string().describe('How it stands, in one sentence'),
          findings: z
            .array(
              z.object({
                kind: z.string(),
                severity: z.enum(['error', 'warning', 'info']),
                message: z.string().describe('What is so'),
                advice: z.string().optional().describe('What to do about it'),
                since: z.string().optional(),
              }),
            )
            .describe('Empty when all is as it should be'),
          application: applicationSchema(z),
        }),
    },
    async action({ input, credentials }) {
      const { application, explanation } = await answers.explainApplication(
        input.id,
        { credentials },
      );
      return {
        output: {
          ...explanation,
          application: summarizeApplication(application),
        },
      };
    },
  });
}
