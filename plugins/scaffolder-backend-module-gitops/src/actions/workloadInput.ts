import { LAYOUTS } from '@fairway/plugin-gitops-common';
import type { z as Zod } from 'zod/v3';

type ZodV3 = typeof Zod;

/** Off by itself when a form says so; whoever writes it by hand means it. */
const enabled = (z: ZodV3) =>
  z
    .boolean()
    .optional()
    .describe('False leaves it out, for the checkbox of a form; default true');

const words = (z: ZodV3) => z.array(z.string());

/**
 * The inputs of a workload beside those that every service has. Their form is checked here; the
 * rules are those of the model, which names the field that breaks one.
 */
export const workloadInput = {
  imageTag: (z: ZodV3) =>
    z
      .string()
      .optional()
      .describe('Tag that every overlay starts with; default 0.1.0'),
  port: (z: ZodV3) =>
    z
      .number()
      .optional()
      .describe('Port on which the container listens; default 8080'),
  command: (z: ZodV3) =>
    words(z)
      .optional()
      .describe('What the container runs, word by word; default its image’s'),
  args: (z: ZodV3) =>
    words(z).optional().describe('Arguments of what the container runs'),
  user: (z: ZodV3) =>
    z
      .number()
      .optional()
      .describe('User and group of the processes, not root; default 65532'),
  temporaryFolder: (z: ZodV3) =>
    z
      .boolean()
      .optional()
      .describe(
        'An empty /tmp that can be written; default for workers and for images of others',
      ),
  probes: (z: ZodV3) =>
    z
      .object({
        livenessPath: z
          .string()
          .optional()
          .describe('200 while the process works; default /healthz'),
        readinessPath: z
          .string()
          .optional()
          .describe('200 while it wants requests; default /readyz'),
        command: words(z)
          .optional()
          .describe('Of a worker: exits with 0 while it works'),
        none: z
          .string()
          .optional()
          .describe('Of a worker: why it has no probe, for who reviews it'),
      })
      .optional()
      .describe('How Kubernetes asks whether it works'),
  resources: (z: ZodV3) =>
    z
      .object({
        cpu: z.string().optional().describe('Request, for example 250m'),
        memory: z.string().optional().describe('Request, for example 256Mi'),
        memoryLimit: z.string().optional().describe('Limit of memory'),
        cpuLimit: z
          .string()
          .optional()
          .describe('Limit of CPU; default none, because it throttles'),
      })
      .optional()
      .describe('Requests and limits; default those of the runtime'),
  schedule: (z: ZodV3) =>
    z
      .object({
        cron: z.string().describe('Five fields, for example 30 2 * * 1-5'),
        timeZone: z
          .string()
          .optional()
          .describe('For example Europe/Berlin; default Etc/UTC'),
        concurrencyPolicy: z
          .enum(['Forbid', 'Allow', 'Replace'])
          .optional()
          .describe('When the last run is not over; default Forbid'),
        startingDeadlineSeconds: z
          .number()
          .optional()
          .describe('How late a run may start; default 300'),
        successfulJobsHistoryLimit: z
          .number()
          .optional()
          .describe('Runs that are kept; default 3'),
        failedJobsHistoryLimit: z
          .number()
          .optional()
          .describe('Failed runs that are kept; default 3'),
        backoffLimit: z
          .number()
          .optional()
          .describe('How often a run is tried again; default 2'),
        activeDeadlineSeconds: z
          .number()
          .optional()
          .describe('How long a run may take, all tries; default 3600'),
      })
      .optional()
      .describe('When a cron job runs'),
  scaling: (z: ZodV3) =>
    z
      .object({
        enabled: enabled(z),
        cpuUtilization: z
          .number()
          .optional()
          .describe('Per cent of the requested CPU to aim at; default 70'),
      })
      .optional()
      .describe(
        'A HorizontalPodAutoscaler, within "minReplicas" and "maxReplicas" of each environment',
      ),
  route: (z: ZodV3) =>
    z
      .object({
        type: z
          .enum(['none', 'ingress', 'gateway'])
          .describe('An Ingress, or an HTTPRoute of the Gateway API'),
        className: z
          .string()
          .optional()
          .describe('Class of the Ingress; default that of the cluster'),
        tlsSecretName: z
          .string()
          .optional()
          .describe('Secret with the certificate, for an Ingress'),
        clusterIssuer: z
          .string()
          .optional()
          .describe('Issuer of cert-manager, for an Ingress'),
        gateway: z
          .string()
          .optional()
          .describe('Namespace and name of the gateway, as gateways/public'),
        sectionName: z
          .string()
          .optional()
          .describe('Listener of the gateway; default all'),
      })
      .optional()
      .describe('How requests get in, for the "host" of each environment'),
  networkPolicy: (z: ZodV3) =>
    z
      .object({
        enabled: enabled(z),
        fromNamespaces: z
          .array(z.string())
          .optional()
          .describe(
            'Who may call it beside its own namespace; default the namespace of the route',
          ),
        egress: z
          .union([
            z.literal('all'),
            z.array(
              z.object({
                cidr: z.string().optional().describe('Range of addresses'),
                namespace: z.string().optional().describe('Or a namespace'),
                ports: z
                  .array(z.number())
                  .optional()
                  .describe('TCP ports; default every one'),
              }),
            ),
          ])
          .optional()
          .describe('Whom it may call: all, or DNS and what is listed'),
      })
      .optional()
      .describe('A NetworkPolicy'),
  monitoring: (z: ZodV3) =>
    z
      .object({
        enabled: enabled(z),
        path: z.string().optional().describe('Default /metrics'),
        port: z.number().optional().describe('Default that of the service'),
        interval: z.string().optional().describe('Default 30s'),
        namespace: z
          .string()
          .optional()
          .describe('Namespace of Prometheus; default monitoring'),
      })
      .optional()
      .describe('A ServiceMonitor, or a PodMonitor for a worker'),
  externalSecrets: (z: ZodV3) =>
    z
      .array(
        z.object({
          name: z.string().describe('Name of the Secret that it becomes'),
          store: z
            .object({
              kind: z.enum(['ClusterSecretStore', 'SecretStore']),
              name: z.string(),
            })
            .describe('Where its values are'),
          keys: z
            .array(
              z.object({
                key: z.string().describe('Variable of the container'),
                remoteKey: z
                  .string()
                  .describe(
                    'Where the store has it; {environment} stands for the environment',
                  ),
                property: z.string().optional().describe('Part of it'),
              }),
            )
            .describe('References, never values'),
        }),
      )
      .optional()
      .describe('Secrets by reference, as External Secrets reads them'),
  layout: (z: ZodV3) =>
    z
      .enum(LAYOUTS)
      .optional()
      .describe(
        'Whose repository holds the manifests; decides "path": deploy, services/<name>, or teams/<team>/<name>. Default service-repository',
      ),
};
