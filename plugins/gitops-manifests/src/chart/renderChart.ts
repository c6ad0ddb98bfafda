import { LABEL_ENVIRONMENT } from '@fairway/plugin-gitops-common';
import type { INamespace } from 'kubernetes-models/v1';
import { serviceLabels } from '../labels';
import { manifestFile, plainFile, type ManifestFile } from '../objects';
import {
  chartNamespace,
  type ChartEnvironment,
  type ChartModel,
} from './ChartModel';
import { chartPatches } from './chartPatches';
import { renderHelmRelease } from './renderHelmRelease';
import { mergedValues } from './valuesText';

/** Labels that tie the objects of a chart to a service; their names and selectors stay. */
export function chartLabels(
  model: ChartModel,
  environment?: string,
): Record<string, string> {
  const {
    'app.kubernetes.io/name': _,
    'app.kubernetes.io/part-of': __,
    ...labels
  } = serviceLabels(model);
  return environment ? { ...labels, [LABEL_ENVIRONMENT]: environment } : labels;
}

/**
 * The manifests around a chart: an overlay for each environment, with its version of the chart,
 * its values, its patches and its namespace.
 *
 * @throws InputError when an object would not fit the schema of its kind.
 *
 * @public
 */
export function renderChart(model: ChartModel): ManifestFile[] {
  switch (model.method) {
    case 'kustomize':
      return model.environments.flatMap(environment =>
        inflatedOverlay(model, environment),
      );
    case 'multiple-sources':
      return [
        ...sharedValues(model),
        ...model.environments.flatMap(environment =>
          valuesOverlay(model, environment),
        ),
      ];
    default:
      return renderHelmRelease(model, {
        namespace: environment => namespaceFile(model, environment),
        labels: environment => chartLabels(model, environment),
      });
  }
}

const overlayFolder = (model: ChartModel, environment: ChartEnvironment) =>
  `${model.path}/overlays/${environment.name}`;

/** Kustomize reads no values from outside of its folder, so each overlay has them all. */
function inflatedOverlay(
  model: ChartModel,
  environment: ChartEnvironment,
): ManifestFile[] {
  const folder = overlayFolder(model, environment);
  const { name } = environment;
  const patches = chartPatches(environment.patches, `patches of ${name}`);
  return [
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      // No `namespace`: it would move what the chart puts elsewhere, for example in kube-system.
      resources: ['namespace.yaml'],
      helmCharts: [
        {
          name: model.chart.name,
          repo: model.chart.repository,
          version: environment.version ?? model.chart.version,
          releaseName: model.name,
          namespace: chartNamespace(model, name),
          valuesFile: 'values.yaml',
          includeCRDs: true,
        },
      ],
      labels: [{ pairs: chartLabels(model, name) }],
      ...(patches.length > 0 ? { patches } : {}),
    }),
    namespaceFile(model, environment),
    {
      path: `${folder}/values.yaml`,
      content: mergedValues(
        model.values,
        environment.values,
        `values of ${name}`,
      ),
    },
  ];
}

/** Where the values of all environments are, for Argo CD to read before those of one. */
export function sharedValuesPath(model: ChartModel): string | undefined {
  return model.values.trim() === ''
    ? undefined
    : `${model.path}/base/values.yaml`;
}

function sharedValues(model: ChartModel): ManifestFile[] {
  const path = sharedValuesPath(model);
  return path
    ? [{ path, content: mergedValues(model.values, '', 'values') }]
    : [];
}

function valuesOverlay(
  model: ChartModel,
  environment: ChartEnvironment,
): ManifestFile[] {
  const folder = overlayFolder(model, environment);
  return [
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['namespace.yaml'],
      labels: [{ pairs: chartLabels(model, environment.name) }],
    }),
    namespaceFile(model, environment),
    {
      path: `${folder}/values.yaml`,
      content: mergedValues(
        '',
        environment.values,
        `values of ${environment.name}`,
      ),
    },
  ];
}

function namespaceFile(
  model: ChartModel,
  environment: ChartEnvironment,
): ManifestFile {
  const namespace: INamespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: chartNamespace(model, environment.name),
      labels: {
        ...chartLabels(model, environment.name),
        'pod-security.kubernetes.io/enforce': model.podSecurity,
        // What would be refused one day is said today.
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    },
  };
  return manifestFile(
    `${overlayFolder(model, environment)}/namespace.yaml`,
    namespace,
  );
}
