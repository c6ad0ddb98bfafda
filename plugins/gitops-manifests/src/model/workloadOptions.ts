import { z } from 'zod';
import { cronSchedule, timeZone } from './cron';
import {
  anyPort,
  cidr,
  cpuQuantity,
  dnsLabel,
  memoryQuantity,
  objectName,
  oneLine,
  unprivilegedPort,
  urlPath,
  variableName,
} from './rules';

// The options of a workload. Each is off, or has a default that is safe; which fit together
// says checkCombination.ts.

/** What is run, word by word, without a shell. */
export const commandLine = z
  .array(oneLine(500).min(1, 'no empty word'))
  .min(1, 'at least one word')
  .max(30, 'at most 30 words');

/** How Kubernetes asks a container whether it works. */
export const probes = z.strictObject({
  /** For HTTP: answers 200 while the process works. */
  livenessPath: urlPath.optional(),
  /** For HTTP: answers 200 while the process wants requests. */
  readinessPath: urlPath.optional(),
  /** For a worker: exits with 0 while the process works. */
  command: commandLine.optional(),
  /** Why a worker has no probe; stands in an annotation, for whoever reviews it. */
  none: oneLine(200).min(10, 'a reason of at least 10 characters').optional(),
});

/** Requests and limits; what is not given is the default of the runtime. */
export const resources = z.strictObject({
  cpu: cpuQuantity.optional(),
  memory: memoryQuantity.optional(),
  memoryLimit: memoryQuantity.optional(),
  /** Default none: throttling would hurt latency, and the request already shares CPU fairly. */
  cpuLimit: cpuQuantity.optional(),
});

export const schedule = z.strictObject({
  cron: cronSchedule,
  timeZone: timeZone.default('Etc/UTC'),
  concurrencyPolicy: z.enum(['Forbid', 'Allow', 'Replace']).default('Forbid'),
  /** How late a run may start; below 10 the controller could miss every one. */
  startingDeadlineSeconds: z.number().int().min(10).max(86400).default(300),
  successfulJobsHistoryLimit: z.number().int().min(0).max(20).default(3),
  failedJobsHistoryLimit: z.number().int().min(1).max(20).default(3),
  /** How often a run is tried again. */
  backoffLimit: z.number().int().min(0).max(20).default(2),
  /** How long a run may take, with all of its tries. */
  activeDeadlineSeconds: z.number().int().min(10).max(604800).default(3600),
});

/** Pods by load, within the limits of each environment. */
export const scaling = z.strictObject({
  /** Per cent of the requested CPU that the pods shall use on average. */
  cpuUtilization: z.number().int().min(10).max(100).default(70),
});

/** Fewest and most pods of one environment. */
export const scalingLimits = z.strictObject({
  min: z.number().int().min(1).max(100),
  max: z.number().int().min(1).max(200),
});

/** How requests from outside of the cluster get in; their hosts are those of environments. */
export const route = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ingress'),
    /** Default: the cluster's own default class. */
    className: objectName.optional(),
    /** Secret with the certificate of the host, in the namespace of the service. */
    tlsSecretName: objectName.optional(),
    /** Issuer of cert-manager that makes that certificate. */
    clusterIssuer: objectName.optional(),
  }),
  z.strictObject({
    type: z.literal('gateway'),
    /** The gateways of the platform that the route attaches to. */
    parentRefs: z
      .array(
        z.strictObject({
          name: objectName,
          namespace: dnsLabel(),
          sectionName: objectName.optional(),
        }),
      )
      .min(1, 'at least one gateway')
      .max(8, 'at most 8 gateways'),
  }),
]);

const destination = z
  .strictObject({
    cidr: cidr.optional(),
    namespace: dnsLabel().optional(),
    /** Default: every port. */
    ports: z.array(anyPort).max(20).default([]),
  })
  .refine(
    ({ cidr: range, namespace }) =>
      (range === undefined) !== (namespace === undefined),
    'either a "cidr" or a "namespace"',
  );

/** Which connections the pods accept and make. */
export const networkPolicy = z.strictObject({
  /** Namespaces beside the service's own that may call it; default that of the route. */
  fromNamespaces: z.array(dnsLabel()).max(20).optional(),
  /** Whom it may call: everybody, or DNS and what is listed. */
  egress: z
    .union([z.literal('all'), z.array(destination).max(50)])
    .default('all'),
});

/** Where Prometheus finds the metrics. */
export const monitoring = z.strictObject({
  path: urlPath.default('/metrics'),
  /** Default: the port of the service. */
  port: unprivilegedPort.optional(),
  interval: z
    .string()
    .regex(/^[1-9][0-9]{0,2}[sm]$/, 'an interval such as "30s"')
    .default('30s'),
  /** Namespace of Prometheus, for the NetworkPolicy to let it in. */
  namespace: dnsLabel().default('monitoring'),
});

/** A Secret by reference: where External Secrets finds its values. */
export const externalSecret = z.strictObject({
  name: dnsLabel(50),
  store: z.strictObject({
    kind: z.enum(['ClusterSecretStore', 'SecretStore']),
    name: objectName,
  }),
  keys: z
    .array(
      z.strictObject({
        /** Name of the variable that the container gets. */
        key: variableName,
        /** Where the store has it; `{environment}` stands for the name of the environment. */
        remoteKey: oneLine(300).regex(
          /^(?:[A-Za-z0-9._:@/-]|\{environment\})+$/,
          'a key of letters, digits, the characters . _ : @ / - and "{environment}"',
        ),
        property: oneLine(100)
          .regex(/^[A-Za-z0-9._-]+$/, 'the name of a property')
          .optional(),
      }),
    )
    .min(1, 'at least one key')
    .max(50, 'at most 50 keys'),
});
