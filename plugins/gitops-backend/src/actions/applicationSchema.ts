import type { ActionsRegistryActionOptions } from '@backstage/backend-plugin-api/alpha';
import { HEALTH_STATUSES, SYNC_STATUSES } from '@fairway/plugin-gitops-common';

/** The schema library that the registry passes in; not the version that this package uses. */
export type Zod = Parameters<
  ActionsRegistryActionOptions<any, any>['schema']['input']
>[0];

/** Schema of what `summarizeApplication` returns. */
export function applicationSchema(z: Zod) {
  return z.object({
    id: z.string().describe('Id to use with the other actions'),
    name: z.string(),
    engine: z.string().describe('argocd or flux'),
    cluster: z.string(),
    namespace: z.string().optional(),
    entityRef: z
      .string()
      .optional()
      .describe('The component it belongs to; absent when it belongs to none'),
    environment: z.string().optional(),
    sync: z.enum(SYNC_STATUSES).describe('Whether what runs is what Git says'),
    syncMessage: z.string().optional(),
    health: z.enum(HEALTH_STATUSES),
    healthMessage: z.string().optional().describe('Why it is not healthy'),
    suspended: z.boolean(),
    revision: z.string().optional().describe('Revision that runs'),
    desiredRevision: z.string().optional(),
    version: z.string().optional(),
    staleSince: z
      .string()
      .optional()
      .describe('Set when the cluster cannot be seen: all else was true then'),
    commands: z.array(z.string()).describe('Commands its engine allows now'),
  });
}
