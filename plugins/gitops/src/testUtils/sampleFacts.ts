import type {
  Application,
  BackupDetails,
  Fact,
  PolicyDetails,
  PolicyFinding,
  SecretDetails,
} from '@fairway/plugin-gitops-common';
import { SAMPLE_SERVICE, sampleFact } from './sampleFact';
import { hoursAgo } from './sampleFleet';
import {
  sampleGenerator,
  sampleInputs,
  sampleProject,
  sampleRollingGenerator,
} from './sampleMakers';
import { sampleCanary, sampleRollout } from './sampleRollouts';

/** A policy report about one object. */
export function samplePolicyReport(
  findings: PolicyFinding[],
  options: { pass?: number; environment?: string; name?: string } = {},
): Fact {
  const { pass = 12, environment, name = 'report-orders' } = options;
  const count = (result: PolicyFinding['result']) =>
    findings.filter(finding => finding.result === result).length;
  const details: PolicyDetails = {
    source: 'kyverno',
    subject: { kind: 'Deployment', namespace: 'orders', name: 'orders' },
    summary: {
      fail: count('fail'),
      error: count('error'),
      warn: count('warn'),
      pass,
      skip: 0,
    },
    findings,
  };
  const bad = details.summary.fail + details.summary.error;
  return sampleFact({
    kind: 'policy',
    environment,
    ref: { apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport', name },
    title: `Policies of Deployment orders: ${pass} pass, ${bad} fail`,
    health: bad > 0 ? 'degraded' : 'healthy',
    details,
  });
}

export const sampleFindings: PolicyFinding[] = [
  {
    policy: 'require-requests-limits',
    rule: 'validate-resources',
    result: 'fail',
    severity: 'medium',
    message:
      'validation error: CPU and memory resource requests and memory limits are required for containers. rule validate-resources failed at path /spec/containers/0/resources/limits/',
  },
  {
    policy: 'disallow-privileged-containers',
    rule: 'privileged-containers',
    result: 'fail',
    severity: 'critical',
    message: 'Privileged mode is disallowed.',
    resource: { kind: 'Pod', namespace: 'orders', name: 'orders-debug' },
  },
  {
    policy: 'K8sRequiredLabels/workloads-must-have-team',
    result: 'fail',
    message: 'you must provide labels: {"team"}',
  },
  {
    policy: 'disallow-latest-tag',
    rule: 'require-image-tag',
    result: 'warn',
    severity: 'low',
    message: 'An image tag is required.',
  },
];

/** An external secret that is in step. */
export function sampleSecret(
  name: string,
  change: { details?: Partial<SecretDetails>; fact?: Partial<Fact> } = {},
): Fact {
  const details: SecretDetails = {
    of: 'secret',
    store: { kind: 'ClusterSecretStore', name: 'vault' },
    target: name,
    remoteKeys: [`payments/${name}`],
    refreshPolicy: 'Periodic',
    refreshInterval: '1h0m0s',
    refreshTime: hoursAgo(0.3),
    reason: 'SecretSynced',
    ...change.details,
  };
  return sampleFact({
    kind: 'secret',
    ref: {
      apiVersion: 'external-secrets.io/v1',
      kind: details.of === 'store' ? 'SecretStore' : 'ExternalSecret',
      name,
    },
    title: `Secret ${name} from vault`,
    ...change.fact,
    details,
  });
}

/** The schedule of a namespace, and its newest backup. */
export function sampleBackups(change: Partial<Fact> = {}): Fact[] {
  const namespaces = ['orders-production'];
  const schedule: BackupDetails = {
    of: 'schedule',
    namespaces,
    schedule: '0 3 * * *',
    phase: 'Enabled',
    intervalSeconds: 86_400,
    lastBackup: hoursAgo(5),
  };
  const backup: BackupDetails = {
    of: 'backup',
    namespaces,
    schedule: 'orders-daily',
    phase: change.health === 'degraded' ? 'PartiallyFailed' : 'Completed',
    startedAt: hoursAgo(5.1),
    completedAt: hoursAgo(5),
    errors: 0,
    warnings: 0,
  };
  const ref = { apiVersion: 'velero.io/v1', namespace: 'velero' };
  return [
    sampleFact({
      kind: 'backup',
      ref: { ...ref, kind: 'Schedule', name: 'orders-daily' },
      title: 'Scheduled backups of orders-production (0 3 * * *)',
      details: schedule,
    }),
    sampleFact({
      kind: 'backup',
      ref: { ...ref, kind: 'Backup', name: 'orders-daily-20261122030005' },
      title: `Last backup of orders-production: ${backup.phase}`,
      ...change,
      details: backup,
    }),
  ];
}

/** Facts of every kind about the service `orders`, some of them in trouble. */
function troubledFacts(): Fact[] {
  return [
    ...sampleRollout(),
    sampleCanary(),
    samplePolicyReport(sampleFindings),
    samplePolicyReport([], {
      environment: 'staging',
      pass: 16,
      name: 'report-staging',
    }),
    sampleSecret('orders-db-credentials'),
    sampleSecret('orders-signing-key'),
    sampleSecret('orders-payment-provider', {
      fact: {
        health: 'degraded',
        message:
          'could not get secret data from provider: key payments/orders-payment-provider is not found',
      },
      details: { reason: 'SecretSyncedError' },
    }),
    sampleSecret('orders-mail', {
      details: { refreshTime: hoursAgo(9) },
    }),
    ...sampleBackups(),
    sampleGenerator(),
    sampleRollingGenerator(),
    sampleProject(),
    sampleInputs(),
  ];
}

/** Facts of a service with which all is well. */
function calmFacts(): Fact[] {
  return [
    { ...sampleCanary({ phase: 'Succeeded' }), health: 'healthy' },
    samplePolicyReport([]),
    sampleSecret('database'),
    sampleSecret('signing-key'),
    sampleSecret('mail'),
    ...sampleBackups(),
    sampleProject(),
  ];
}

/** Facts of a service with many steps, many findings and backups that fail. */
function longFacts(): Fact[] {
  const steps = Array.from({ length: 50 }, (_, index) => ({
    kind: 'weight' as const,
    weight: 2 * (index + 1),
    label: `${2 * (index + 1)} %`,
  }));
  return [
    {
      ...sampleCanary({
        phase: 'Progressing',
        aborted: undefined,
        steps,
        maxWeight: 100,
        currentStep: 20,
        weight: 42,
        failedChecks: 2,
        analysis: [
          {
            name: 'Canary analysis',
            phase: 'Running',
            metrics: [{ name: 'request-success-rate', phase: 'Running' }],
          },
        ],
      }),
      health: 'progressing',
      message: 'New revision detected, progressing canary analysis.',
    },
    samplePolicyReport(
      Array.from({ length: 300 }, (_, index) => ({
        ...sampleFindings[index % sampleFindings.length],
        policy: `${
          sampleFindings[index % sampleFindings.length].policy
        }-${index}`,
      })),
    ),
    ...sampleBackups({
      health: 'degraded',
      message:
        'Not everything was saved: 2 errors, 1 warnings; read them with velero backup logs',
    }),
  ];
}

/** Facts of three services: one in trouble, one well, one with a lot of everything. */
export function sampleFacts(): Fact[] {
  const of = (service: string, facts: Fact[]) =>
    facts.map(fact => ({
      ...fact,
      id: `${service}.${fact.id}`,
      entityRef: `component:default/${service}`,
    }));
  return [
    ...troubledFacts(),
    ...of('search', calmFacts()),
    ...of('checkout-web', longFacts()),
  ];
}

/** The schedule of all namespaces of a cluster, which many services share. */
export function sampleSharedSchedule(
  details: Partial<BackupDetails> = {},
): Fact {
  return sampleFact({
    kind: 'backup',
    ...{ entityRef: undefined, id: 'nightly' },
    ref: {
      ...{ apiVersion: 'velero.io/v1', kind: 'Schedule' },
      ...{ namespace: 'velero', name: 'nightly' },
    },
    title: `Scheduled backups of the cluster (${
      details.schedule ?? '0 2 * * *'
    })`,
    details: {
      ...{ of: 'schedule', namespaces: [], schedule: '0 2 * * *' },
      ...{ excludedNamespaces: ['kube-*'], intervalSeconds: 86_400 },
      ...{ lastBackup: hoursAgo(80), ...details },
    },
  });
}

/** The applications of `orders` with a database. */
export function withDatabase(applications: Application[]): Application[] {
  return applications.map(application =>
    application.entityRef === SAMPLE_SERVICE
      ? {
          ...application,
          resources: [
            ...application.resources,
            {
              ...{ group: 'apps', version: 'v1', kind: 'StatefulSet' },
              ...{ namespace: application.ref.name, name: 'orders-db' },
            },
          ],
        }
      : application,
  );
}

/** The applications of `orders` made by an ApplicationSet, in a project, of two sources. */
export function withOrigins(applications: Application[]): Application[] {
  return applications.map(application => {
    const { cluster, apiVersion, namespace, name } = application.ref;
    const ref = { cluster, apiVersion, namespace };
    return application.entityRef === SAMPLE_SERVICE
      ? {
          ...application,
          project: 'payments',
          parent: { ...ref, kind: 'ApplicationSet', name: 'orders' },
          sources: [
            application.source,
            {
              repoUrl: 'https://charts.example',
              chart: 'redis',
              targetRevision: '19.x',
            },
          ],
          drySource: {
            repoUrl: 'https://forge.example/acme/orders.git',
            path: 'deploy/base',
            targetRevision: 'main',
          },
          dependsOn: [{ ...ref, kind: 'Application', name: `${name}-db` }],
        }
      : application;
  });
}
