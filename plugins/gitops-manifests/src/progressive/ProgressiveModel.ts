import { InputError } from '@backstage/errors';
import { z } from 'zod';
import { invalidFields } from '../model/invalidFields';
import {
  dnsLabel,
  labelValue,
  repositoryFolder,
  serviceName,
} from '../model/rules';

/** Names of objects may have dots, which labels of DNS may not. */
const objectName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    'the name of an object: lower-case letters, digits, dashes and dots',
  );

/** A time as both controllers read it. */
const duration = z
  .string()
  .regex(/^[1-9][0-9]{0,3}[smh]$/, 'a time such as "30s", "5m" or "1h"');

/** An address that a controller calls; what is secret does not stand in it. */
const httpUrl = z
  .string()
  .max(500)
  .refine(
    isPlainUrl,
    'an address that starts with http:// or https://, without password, query or spaces',
  );

function isPlainUrl(text: string): boolean {
  if (!/^https?:\/\/[A-Za-z0-9]/.test(text) || /[\s"'`<>\\{}$]/.test(text)) {
    return false;
  }
  if (!URL.canParse(text)) {
    return false;
  }
  const { username, password, search, hash } = new URL(text);
  return [username, password, search, hash].every(part => part === '');
}

const hostName = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'a host name such as "orders.example.com"',
  );

const stepSchema = z.strictObject({
  /** Per cent of the traffic, or of the pods, that the new version gets. */
  weight: z
    .number()
    .int('whole per cents')
    .min(1, 'at least 1 per cent')
    .max(100, 'at most 100 per cent'),
  /** How long it stays there; `manual` until somebody promotes it. */
  pause: z.union([z.literal('manual'), duration]).optional(),
});

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

const analysisSchema = z.strictObject({
  /** Address of Prometheus, as the controller reaches it. */
  prometheus: httpUrl,
  /** Per cent of requests that must succeed. */
  successRate: z.number().min(1).max(100).default(99),
  /** Milliseconds within which 99 per cent of requests must be answered. */
  latency: z.number().int().min(1).max(600_000).optional(),
  interval: duration.default('1m'),
  /** Measurements after each step. */
  count: z.number().int().min(1).max(100).default(5),
  /** Counter of requests, with a label for the status. */
  requestsMetric: z
    .string()
    .max(200)
    .regex(METRIC_NAME, 'the name of a metric')
    .default('http_requests_total'),
  statusLabel: z
    .string()
    .max(100)
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'the name of a label')
    .default('code'),
  /** Histogram of durations in seconds, without `_bucket`. */
  durationMetric: z
    .string()
    .max(200)
    .regex(METRIC_NAME, 'the name of a metric')
    .default('http_request_duration_seconds'),
});

/** When Flagger calls a webhook. */
export const WEBHOOK_TYPES = [
  'confirm-rollout',
  'pre-rollout',
  'rollout',
  'confirm-traffic-increase',
  'confirm-promotion',
  'post-rollout',
  'rollback',
] as const;

const flaggerSchema = z.strictObject({
  interval: duration.default('1m'),
  /** Failed checks before it rolls back. */
  threshold: z.number().int().min(1).max(100).default(5),
  successRate: z.number().min(1).max(100).default(99),
  latency: z.number().int().min(1).max(600_000).default(500),
  /** Hosts and gateway, where no route in Git says them. */
  hosts: z.array(hostName).max(20).default([]),
  gateway: z
    .string()
    .regex(
      /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
      'a gateway as namespace/name',
    )
    .optional(),
  webhooks: z
    .array(
      z.strictObject({
        name: objectName,
        type: z.enum(WEBHOOK_TYPES),
        url: httpUrl,
        timeout: duration.optional(),
      }),
    )
    .max(20)
    .default([]),
});

const CONTROLLERS = {
  'argo-rollouts': ['none', 'nginx', 'istio', 'gateway-api'],
  flagger: ['istio', 'linkerd', 'gateway-api'],
};

const modelSchema = z.strictObject({
  /** Value of the label `backstage.io/kubernetes-id`. */
  name: serviceName,
  team: labelValue,
  engine: z.enum(['argocd', 'flux']),
  /** Folder with `base` and `overlays`; the component is written beside them. */
  path: z.union([z.literal('.'), repositoryFolder]).default('deploy'),
  /** Folders of overlays, where they are not those of their environments in `overlays`. */
  overlays: z
    .array(
      z.strictObject({ environment: z.string(), path: z.string().max(300) }),
    )
    .max(50)
    .default([]),
  /** Overlays that are converted; the rest stays as it is. */
  environments: z
    .array(dnsLabel(40))
    .min(1, 'at least one environment')
    .max(20)
    .refine(
      list => new Set(list).size === list.length,
      'every environment once',
    ),
  /** First beside what runs, then in its place: each is one pull request. */
  phase: z.enum(['prepare', 'switch']).default('prepare'),
  controller: z.enum(['argo-rollouts', 'flagger']),
  strategy: z.enum(['canary', 'blue-green']).default('canary'),
  routing: z.enum(['none', 'nginx', 'istio', 'linkerd', 'gateway-api']),
  /** Default: the only one, or the one that is called like the service. */
  deployment: objectName.optional(),
  /** Default: the only one that selects its pods. */
  service: objectName.optional(),
  steps: z
    .array(stepSchema)
    .min(1, 'at least one step')
    .max(20, 'at most 20 steps')
    .default([
      { weight: 5, pause: '5m' },
      { weight: 50, pause: '10m' },
      { weight: 100 },
    ]),
  /** Blue-green: who decides that the new version takes over. */
  promotion: z.enum(['manual', 'automatic']).default('manual'),
  analysis: analysisSchema.optional(),
  flagger: flaggerSchema.optional(),
});

/** How a service is to be delivered, before defaults. @public */
export type ProgressiveModelInput = z.input<typeof modelSchema>;

/** How a service is to be delivered. @public */
export type ProgressiveModel = z.output<typeof modelSchema>;

export type Analysis = z.output<typeof analysisSchema>;

/**
 * Checks a model and fills in its defaults.
 *
 * @throws InputError with the field, what it was and the rule that it breaks.
 *
 * @public
 */
export function parseProgressiveModel(
  input: ProgressiveModelInput,
): ProgressiveModel {
  const result = modelSchema.safeParse(input, { reportInput: true });
  if (!result.success) {
    throw invalidFields('Progressive delivery cannot be added', result.error);
  }
  const model = result.data;
  const { controller, routing, strategy } = model;
  if (!CONTROLLERS[controller].includes(routing)) {
    throw new InputError(
      `routing "${routing}" is not for ${controller}; use one of ${CONTROLLERS[
        controller
      ].join(', ')}`,
    );
  }
  if (strategy === 'blue-green' && controller === 'flagger') {
    throw new InputError(
      'strategy "blue-green" is for argo-rollouts; Flagger shifts traffic in steps here',
    );
  }
  if (strategy === 'blue-green' && routing !== 'none') {
    throw new InputError(
      'strategy "blue-green" switches the Service itself; use routing "none"',
    );
  }
  assertSteps(model.steps.map(step => step.weight));
  return model;
}

function assertSteps(weights: number[]): void {
  const grows = weights.every(
    (weight, index) => index === 0 || weight > weights[index - 1],
  );
  if (!grows || weights[weights.length - 1] !== 100) {
    throw new InputError(
      `steps (${weights.join(
        ', ',
      )}): each step must have more per cent than the one before it, and the last one 100`,
    );
  }
}

/** What Flagger is told where nothing else is said. */
export const flaggerOptions = (model: ProgressiveModel) =>
  flaggerSchema.parse(model.flagger ?? {});
