import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { ICronJob } from 'kubernetes-models/batch/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IService, IServiceAccount } from 'kubernetes-models/v1';
import { selectorLabels, serviceLabels } from '../labels';
import type { ServiceModel } from '../model';
import {
  manifestFile,
  plainFile,
  type ManifestFile,
  type ManifestObject,
} from '../objects';
import { monitor } from './monitor';
import { networkPolicy } from './networkPolicy';
import { metricsPort, podTemplate } from './podTemplate';

/** What is the same in every environment. */
export function renderBase(model: ServiceModel): ManifestFile[] {
  const folder = `${model.path}/base`;
  const objects = objectsOf(model).sort((a, b) => (a.kind < b.kind ? -1 : 1));
  const nameOf = ({ kind }: ManifestObject) => `${kind.toLowerCase()}.yaml`;
  return [
    ...objects.map(object =>
      manifestFile(`${folder}/${nameOf(object)}`, object),
    ),
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: objects.map(nameOf),
      labels: [{ pairs: serviceLabels(model) }],
    }),
  ];
}

function objectsOf(model: ServiceModel): ManifestObject[] {
  const account = serviceAccount(model);
  const optional = [
    ...(model.networkPolicy ? [networkPolicy(model)] : []),
    ...(model.monitoring ? [monitor(model)] : []),
  ];
  switch (model.kind) {
    case 'cron-job':
      return [cronJob(model), account, ...optional];
    case 'background-worker':
      return [deployment(model), disruptionBudget(model), account, ...optional];
    default:
      return [
        deployment(model),
        disruptionBudget(model),
        service(model),
        account,
        ...optional,
      ];
  }
}

function deployment(model: ServiceModel): IDeployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: model.name },
    spec: {
      // Where pods come and go with the load, Git does not say how many there are.
      ...(model.scaling ? {} : { replicas: 1 }),
      revisionHistoryLimit: 5,
      selector: { matchLabels: selectorLabels(model) },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      },
      template: podTemplate(model),
    },
  };
}

function cronJob(model: ServiceModel): ICronJob {
  const { cron, backoffLimit, activeDeadlineSeconds, ...schedule } =
    model.schedule!;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: model.name },
    spec: {
      schedule: cron,
      ...schedule,
      jobTemplate: {
        metadata: { labels: serviceLabels(model) },
        spec: {
          backoffLimit,
          activeDeadlineSeconds,
          template: podTemplate(model),
        },
      },
    },
  };
}

function service(model: ServiceModel): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: model.name },
    spec: {
      selector: selectorLabels(model),
      ports: [
        { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' },
        ...(metricsPort(model) === undefined
          ? []
          : [
              {
                name: 'metrics',
                port: metricsPort(model)!,
                targetPort: 'metrics',
                protocol: 'TCP' as const,
              },
            ]),
      ],
    },
  };
}

function serviceAccount(model: ServiceModel): IServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: model.name },
    automountServiceAccountToken: false,
  };
}

function disruptionBudget(model: ServiceModel): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: model.name },
    // Counted from above, a single replica does not stop the drain of a node.
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: selectorLabels(model) },
    },
  };
}
