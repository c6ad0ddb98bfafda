import type { IAnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1';
import type { Analysis } from './ProgressiveModel';

type Metric = NonNullable<
  NonNullable<IAnalysisTemplate['spec']>['metrics']
>[number];

/** What the queries are about. */
interface AnalysisSubject {
  name: string;
  labels: Record<string, string>;
  /** Name of the Rollout: its pods are called after it. */
  rollout: string;
  /** Service of the new version, where a mesh counts its requests. */
  meshService?: string;
  analysis: Analysis;
}

/** Arguments that each run fills in by itself: one template serves every namespace. */
export const analysisArguments = () => [
  {
    name: 'namespace',
    valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } },
  },
  {
    name: 'pods',
    valueFrom: { podTemplateHashValue: 'Latest' as const },
  },
];

/**
 * Measures the new version alone. Without requests there is nothing to measure: then a run is
 * inconclusive and the Rollout waits for somebody, because unknown is not good.
 */
export function analysisTemplate(subject: AnalysisSubject): IAnalysisTemplate {
  const { analysis } = subject;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: subject.name, labels: subject.labels },
    spec: {
      args: analysisArguments().map(({ name }) => ({ name })),
      metrics: [
        metric(subject, {
          name: 'success-rate',
          query: successRate(subject),
          good: `result[0] >= ${analysis.successRate / 100}`,
          bad: `result[0] < ${analysis.successRate / 100}`,
        }),
        ...(analysis.latency === undefined
          ? []
          : [
              metric(subject, {
                name: 'latency',
                query: latency(subject),
                good: `result[0] <= ${analysis.latency}`,
                bad: `result[0] > ${analysis.latency}`,
              }),
            ]),
      ],
    },
  };
}

function metric(
  { analysis }: AnalysisSubject,
  rule: { name: string; query: string; good: string; bad: string },
): Metric {
  const measured = 'len(result) > 0 && !isNaN(result[0])';
  return {
    name: rule.name,
    // The first requests must have been counted.
    initialDelay: analysis.interval,
    interval: analysis.interval,
    count: analysis.count,
    failureLimit: 1,
    inconclusiveLimit: 1,
    successCondition: `${measured} && ${rule.good}`,
    failureCondition: `${measured} && ${rule.bad}`,
    provider: {
      prometheus: { address: analysis.prometheus, query: rule.query },
    },
  };
}

/** Rates need two samples, also where Prometheus looks once a minute. */
const WINDOW = '5m';

function selection({ rollout, meshService }: AnalysisSubject): string {
  return meshService
    ? `reporter="destination",destination_service_namespace="{{args.namespace}}",destination_service_name="${meshService}"`
    : `namespace="{{args.namespace}}",pod=~"${rollout}-{{args.pods}}-.*"`;
}

function successRate(subject: AnalysisSubject): string {
  const { analysis, meshService } = subject;
  const counter = meshService
    ? 'istio_requests_total'
    : analysis.requestsMetric;
  const status = meshService ? 'response_code' : analysis.statusLabel;
  const which = selection(subject);
  // Failures are counted, not successes: where all fail, there is no success to be found.
  return [
    `1 - (sum(rate(${counter}{${which},${status}=~"5.."}[${WINDOW}])) or vector(0))`,
    `/ sum(rate(${counter}{${which}}[${WINDOW}]))`,
    '',
  ].join('\n');
}

function latency(subject: AnalysisSubject): string {
  const { analysis, meshService } = subject;
  const histogram = meshService
    ? 'istio_request_duration_milliseconds'
    : analysis.durationMetric;
  const quantile = `histogram_quantile(0.99, sum by (le) (rate(${histogram}_bucket{${selection(
    subject,
  )}}[${WINDOW}])))`;
  return meshService ? `${quantile}\n` : `1000 * ${quantile}\n`;
}
