import { stringify } from 'yaml';
import { type Files, labelsOf } from './deployFiles';
import type { SampleService } from './sampleServices';

/** Services whose password comes from the platform's secret store. */
const WITH_SECRET = ['orders', 'ledger'];

/** Services whose production is rolled out in steps. */
const WITH_ROLLOUT = ['search-index'];

/** The `Secret` of a service that has one; its values are in no repository. */
export function secretNameOf(service: SampleService): string | undefined {
  return WITH_SECRET.includes(service.name)
    ? `${service.name}-credentials`
    : undefined;
}

/** Where the store keeps the values of a service. */
export function secretKeyOf(service: { team: string; name: string }): string {
  return `${service.team}/${service.name}`;
}

/** What belongs into the base of a service beside its workload. */
export function guardrailBaseFiles(service: SampleService): Files {
  const name = secretNameOf(service);
  if (!name) return {};
  return {
    'externalsecret.yaml': stringify({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name, labels: labelsOf(service) },
      spec: {
        refreshInterval: '1h0m0s',
        secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
        target: { name },
        dataFrom: [{ extract: { key: secretKeyOf(service) } }],
      },
    }),
  };
}

/** What belongs into an overlay of a service beside its settings. */
export function guardrailOverlayFiles(
  service: SampleService,
  environment: string,
): Files {
  if (environment !== 'production' || !WITH_ROLLOUT.includes(service.name)) {
    return {};
  }
  return { 'rollout.yaml': rolloutFile(service) };
}

/**
 * A Rollout that takes its pods from the Deployment, as a team does that tries it out: the
 * Deployment goes on beside it.
 */
function rolloutFile(service: SampleService): string {
  const { name } = service;
  const labels = labelsOf(service);
  const rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, labels },
    spec: {
      replicas: 2,
      workloadRef: {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', name },
        scaleDown: 'never',
      },
      progressDeadlineAbort: true,
      strategy: {
        canary: {
          steps: [
            { setWeight: 50 },
            { pause: { duration: '2m' } },
            { analysis: { templates: [{ templateName: 'success-rate' }] } },
            { setWeight: 100 },
          ],
        },
      },
    },
  };
  const query = `sum(rate(http_requests_total{service="${name}",code!~"5.."}[1m])) / sum(rate(http_requests_total{service="${name}"}[1m]))`;
  const template = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'success-rate', labels },
    spec: {
      metrics: [
        {
          ...{ name: 'success-rate', interval: '1m', count: 3 },
          ...{ failureLimit: 1, successCondition: 'result[0] >= 0.95' },
          provider: {
            prometheus: { address: 'http://prometheus.monitoring:9090', query },
          },
        },
      ],
    },
  };
  return `${stringify(rollout)}---\n${stringify(template)}`;
}
