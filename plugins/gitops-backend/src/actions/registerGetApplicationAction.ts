import { gitopsToolUsePermission } from '@fairway/plugin-gitops-common';
import { applicationSchema } from './applicationSchema';
import type { ActionsOptions } from './registerGitopsActions';
import { summarizeApplication } from './summarizeApplication';

/** `get-gitops-application`: one application with what it consists of. */
export function registerGetApplicationAction({
  actionsRegistry,
  answers,
}: ActionsOptions): void {
  actionsRegistry.register({
    name: 'get-gitops-application',
    title: 'Get a GitOps application',
    description:
      'Reads one application by its id, with the objects it manages, the warnings of its engine and its last deployment. To find out why it is unhealthy or out of sync, use explain-gitops-application.',
    visibilityPermission: gitopsToolUsePermission,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z =>
        z.object({
          id: z.string().describe('Id that get-gitops-applications gave'),
        }),
      output: z =>
        applicationSchema(z).extend({
          images: z.array(z.string()),
          source: z.object({
            repoUrl: z.string().optional(),
            path: z.string().optional(),
            chart: z.string().optional(),
            targetRevision: z.string().optional(),
          }),
          resources: z.array(
            z.object({
              kind: z.string(),
              namespace: z.string().optional(),
              name: z.string(),
              sync: z.string().optional(),
              health: z.string().optional(),
              message: z.string().optional(),
            }),
          ),
          conditions: z.array(
            z.object({ type: z.string(), message: z.string() }),
          ),
          lastDeployment: z
            .object({
              id: z.string(),
              finishedAt: z.string(),
              outcome: z.string(),
              author: z.string().optional(),
            })
            .optional(),
        }),
    },
    async action({ input, credentials }) {
      const application = await answers.getApplication(input.id, {
        credentials,
      });
      const { repoUrl, path, chart, targetRevision } = application.source;
      return {
        output: {
          ...summarizeApplication(application),
          images: application.images,
          source: { repoUrl, path, chart, targetRevision },
          resources: application.resources.map(
            ({ kind, namespace, name, sync, health, message }) => ({
              kind,
              namespace,
              name,
              sync,
              health,
              message,
            }),
          ),
          conditions: application.conditions.map(({ type, message }) => ({
            type,
            message,
          })),
          lastDeployment: application.lastDeployment,
        },
      };
    },
  });
}
