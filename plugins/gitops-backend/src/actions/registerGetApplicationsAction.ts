import {
  gitopsToolUsePermission,
  HEALTH_STATUSES,
  SYNC_STATUSES,
} from '@fairway/plugin-gitops-common';
import { applicationSchema } from './applicationSchema';
import type { ActionsOptions } from './registerGitopsActions';
import { summarizeApplication } from './summarizeApplication';

/** `get-gitops-applications`: what runs where, and what is wrong with it. */
export function registerGetApplicationsAction({
  actionsRegistry,
  answers,
}: ActionsOptions): void {
  actionsRegistry.register({
    name: 'get-gitops-applications',
    title: 'Get GitOps applications',
    description: `Lists the applications that Argo CD and Flux reconcile, with sync, health, revision and version per environment and cluster.
Use it to find what is out of sync or unhealthy, or which version of a service runs where. Filters narrow the list; each takes several values, of which one must match.`,
    visibilityPermission: gitopsToolUsePermission,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z =>
        z.object({
          search: z
            .string()
            .optional()
            .describe('Words that must occur in names, environments, versions'),
          entityRef: z
            .array(z.string())
            .optional()
            .describe('Components, for example component:default/orders'),
          environment: z.array(z.string()).optional(),
          health: z.array(z.enum(HEALTH_STATUSES)).optional(),
          sync: z.array(z.enum(SYNC_STATUSES)).optional(),
          limit: z.number().int().min(1).max(500).optional(),
          cursor: z
            .string()
            .optional()
            .describe('nextCursor of the answer before'),
        }),
      output: z =>
        z.object({
          items: z.array(applicationSchema(z)),
          totalItems: z.number(),
          nextCursor: z.string().optional(),
          errors: z
            .array(z.object({ source: z.string(), message: z.string() }))
            .describe('Clusters that cannot be seen, so that items are stale'),
        }),
    },
    async action({ input, credentials }) {
      const answer = await answers.getApplications(input, { credentials });
      return {
        output: { ...answer, items: answer.items.map(summarizeApplication) },
      };
    },
  });
}
