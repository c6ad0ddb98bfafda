import { WEBHOOK_TYPES } from '@fairway/gitops-manifests';
import type { z as Zod } from 'zod/v3';

type ZodV3 = typeof Zod;

const analysis = (z: ZodV3) =>
  z
    .object({
      prometheus: z
        .string()
        .optional()
        .describe(
          'Address, as the controller reaches it; without it nothing is measured',
        ),
      successRate: z
        .number()
        .optional()
        .describe('Per cent of requests that must succeed; default 99'),
      latency: z
        .number()
        .optional()
        .describe(
          'Milliseconds within which 99 per cent must be answered; default not measured',
        ),
      interval: z
        .string()
        .optional()
        .describe('Time between two measurements; default 1m'),
      count: z
        .number()
        .optional()
        .describe('Measurements after each step; default 5'),
      requestsMetric: z
        .string()
        .optional()
        .describe('Counter of requests; default http_requests_total'),
      statusLabel: z
        .string()
        .optional()
        .describe('Its label for the status; default code'),
      durationMetric: z
        .string()
        .optional()
        .describe(
          'Histogram in seconds, without _bucket; default http_request_duration_seconds',
        ),
    })
    .optional()
    .describe('What Argo Rollouts measures after each step');

const flagger = (z: ZodV3) =>
  z
    .object({
      interval: z.string().optional().describe('Time of a step; default 1m'),
      threshold: z
        .number()
        .optional()
        .describe('Failed checks before it rolls back; default 5'),
      successRate: z.number().optional().describe('Per cent; default 99'),
      latency: z.number().optional().describe('Milliseconds; default 500'),
      hosts: z
        .array(z.string())
        .optional()
        .describe('Hosts, where no route in Git says them'),
      gateway: z
        .string()
        .optional()
        .describe('Gateway as namespace/name, where no route in Git says it'),
      webhooks: z
        .array(
          z.object({
            name: z.string().describe('Name'),
            type: z.enum(WEBHOOK_TYPES).describe('When it is called'),
            url: z.string().describe('Address'),
            timeout: z.string().optional().describe('Default 10s'),
          }),
        )
        .optional()
        .describe('What Flagger calls'),
    })
    .optional()
    .describe('How Flagger decides');

/** The inputs of `gitops:progressive-delivery:add`. */
export const progressiveDeliveryInput = {
  path: (z: ZodV3) =>
    z
      .string()
      .describe('Folder of the workspace that the repository was fetched to'),
  root: (z: ZodV3) =>
    z
      .string()
      .optional()
      .describe(
        'Folder of the repository with base and overlays; default deploy',
      ),
  overlays: (z: ZodV3) =>
    z
      .array(
        z
          .object({
            environment: z.string().describe('Name of the environment'),
            path: z.string().describe('Its folder in the repository'),
          })
          // What is located says more of an overlay than is needed here.
          .passthrough(),
      )
      .optional()
      .describe(
        'What gitops:service:locate says; default overlays/<environment> in the root',
      ),
  name: (z: ZodV3) => z.string().describe('Name of the service'),
  team: (z: ZodV3) =>
    z.string().describe('Name of the owning group: the label "team"'),
  engine: (z: ZodV3) =>
    z.enum(['argocd', 'flux']).describe('The engine that deploys it'),
  environments: (z: ZodV3) =>
    z
      .array(z.string())
      .describe('The environments that are converted; others stay as they are'),
  phase: (z: ZodV3) =>
    z
      .enum(['prepare', 'switch'])
      .optional()
      .describe(
        'First "prepare" (default), beside what runs; once that is merged and healthy "switch", in its place',
      ),
  controller: (z: ZodV3) =>
    z.enum(['argo-rollouts', 'flagger']).describe('What delivers it'),
  strategy: (z: ZodV3) =>
    z
      .enum(['canary', 'blue-green'])
      .optional()
      .describe('Default canary; blue-green is for Argo Rollouts'),
  routing: (z: ZodV3) =>
    z
      .enum(['none', 'nginx', 'istio', 'linkerd', 'gateway-api'])
      .describe(
        'What shifts the traffic: none (pods are counted), nginx, istio, gateway-api; for Flagger istio, linkerd, gateway-api',
      ),
  deployment: (z: ZodV3) =>
    z
      .string()
      .optional()
      .describe(
        'Name of the Deployment; default that of the service, or the only one',
      ),
  service: (z: ZodV3) =>
    z
      .string()
      .optional()
      .describe('Name of the Service; default the one that selects the pods'),
  steps: (z: ZodV3) =>
    z
      .array(
        z.object({
          weight: z.number().describe('Per cent'),
          pause: z
            .string()
            .optional()
            .describe('A time such as 5m, or "manual"'),
        }),
      )
      .optional()
      .describe(
        'Steps with more and more per cent, up to 100; default 5 (5m), 50 (10m), 100',
      ),
  promotion: (z: ZodV3) =>
    z
      .enum(['manual', 'automatic'])
      .optional()
      .describe('Blue-green: who decides; default manual'),
  analysis,
  flagger,
};
