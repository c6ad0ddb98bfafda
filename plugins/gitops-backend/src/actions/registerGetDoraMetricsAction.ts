import { gitopsToolUsePermission } from '@fairway/plugin-gitops-common';
import type { ActionsOptions } from './registerGitopsActions';

/** `get-dora-metrics`: the five metrics, each with how it was computed. */
export function registerGetDoraMetricsAction({
  actionsRegistry,
  answers,
}: ActionsOptions): void {
  actionsRegistry.register({
    name: 'get-dora-metrics',
    title: 'Get DORA metrics',
    description:
      'Computes deployment frequency, lead time for changes, change fail rate, failed deployment recovery time and rework rate of a service, an owner, a system, a domain or everything, from the deployments to production. Each value says how it was computed; too little data is said, and is not zero.',
    visibilityPermission: gitopsToolUsePermission,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z =>
        z.object({
          scope: z
            .enum(['service', 'owner', 'system', 'domain', 'all'])
            .describe('Whose deployments'),
          ref: z
            .string()
            .optional()
            .describe(
              'Entity ref of the scope, for example component:default/orders; absent for all',
            ),
          from: z.string().optional().describe('ISO time; default 30 days ago'),
          to: z.string().optional().describe('ISO time; default now'),
        }),
      output: z =>
        z.object({
          window: z.object({
            from: z.string(),
            to: z.string(),
            timeZone: z.string(),
          }),
          metrics: z.array(
            z.object({
              id: z.string(),
              status: z.enum(['measured', 'not-enough-data']),
              value: z.number().optional(),
              unit: z.string().optional(),
              count: z.number().describe('What the value stands on'),
              reason: z.string().optional(),
              level: z.string().optional(),
              levelsOf: z.number().optional().describe('Year of the levels'),
              calculation: z.string(),
            }),
          ),
        }),
    },
    async action({ input, credentials }) {
      const { scope, ref, from, to } = input;
      const { report } = await answers.getDora(
        { scope: { kind: scope, ref }, from, to },
        { credentials },
      );
      return {
        output: {
          window: report.window,
          metrics: report.metrics.map(({ id, result, band, explanation }) => ({
            id,
            ...result,
            level: band?.level,
            levelsOf: band?.year,
            calculation: explanation.calculation,
          })),
        },
      };
    },
  });
}
