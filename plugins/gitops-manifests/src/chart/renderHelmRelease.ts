import type { IHelmRelease } from '@kubernetes-models/flux-cd/helm.toolkit.fluxcd.io/v2';
import type {
  IHelmRepository,
  IOCIRepository,
} from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1';
import { manifestFile, plainFile, type ManifestFile } from '../objects';
import {
  chartNamespace,
  isOci,
  type ChartEnvironment,
  type ChartModel,
} from './ChartModel';
import { chartPatches } from './chartPatches';
import { parseValues } from './valuesText';

/** What an overlay gets from whoever knows how all of them look. */
interface OverlayParts {
  namespace: (environment: ChartEnvironment) => ManifestFile;
  labels: (environment?: string) => Record<string, string>;
}

/** Flux: the release in the base, and what an environment changes of it in its overlay. */
export function renderHelmRelease(
  model: ChartModel,
  parts: OverlayParts,
): ManifestFile[] {
  const folder = `${model.path}/base`;
  return [
    manifestFile(`${folder}/helmrelease.yaml`, helmRelease(model, parts)),
    manifestFile(
      `${folder}/repository.yaml`,
      isOci(model) ? ociRepository(model) : helmRepository(model),
    ),
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['helmrelease.yaml', 'repository.yaml'],
      labels: [{ pairs: parts.labels() }],
    }),
    ...model.environments.flatMap(environment =>
      overlay(model, environment, parts),
    ),
  ];
}

function helmRelease(model: ChartModel, parts: OverlayParts): IHelmRelease {
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: model.name },
    spec: {
      interval: '10m',
      timeout: '5m',
      releaseName: model.name,
      ...(isOci(model)
        ? { chartRef: { kind: 'OCIRepository', name: model.name } }
        : {
            chart: {
              spec: {
                chart: model.chart.name,
                version: model.chart.version,
                sourceRef: { kind: 'HelmRepository', name: model.name },
              },
            },
          }),
      // Every object of the chart, whatever its templates know of labels.
      commonMetadata: { labels: parts.labels() },
      install: { crds: 'CreateReplace', remediation: { retries: 3 } },
      upgrade: {
        crds: 'CreateReplace',
        remediation: {
          retries: 3,
          remediateLastFailure: true,
          strategy: 'rollback',
        },
      },
      values: parseValues(model.values, 'values'),
    },
  };
}

function helmRepository(model: ChartModel): IHelmRepository {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name: model.name },
    spec: { interval: '1h', url: model.chart.repository },
  };
}

function ociRepository(model: ChartModel): IOCIRepository {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name: model.name },
    spec: {
      interval: '1h',
      url: `${model.chart.repository.replace(/\/+$/, '')}/${model.chart.name}`,
      ref: { tag: ociTag(model.chart.version) },
      layerSelector: {
        mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
        operation: 'copy',
      },
    },
  };
}

/** Tags know no plus sign: Helm pushes an underscore instead. */
function ociTag(version: string): string {
  return version.replace('+', '_');
}

function overlay(
  model: ChartModel,
  environment: ChartEnvironment,
  parts: OverlayParts,
): ManifestFile[] {
  const folder = `${model.path}/overlays/${environment.name}`;
  const version = environment.version ?? model.chart.version;
  const patches = ['helmrelease-patch.yaml'];
  const files = [
    plainFile(
      `${folder}/helmrelease-patch.yaml`,
      releasePatch(model, environment, parts),
    ),
  ];
  if (isOci(model)) {
    patches.push('repository-patch.yaml');
    files.push(
      plainFile(`${folder}/repository-patch.yaml`, {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'OCIRepository',
        metadata: { name: model.name },
        spec: { ref: { tag: ociTag(version) } },
      }),
    );
  }
  return [
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace: chartNamespace(model, environment.name),
      resources: ['namespace.yaml', '../../base'],
      labels: [{ pairs: parts.labels(environment.name) }],
      patches: patches.map(path => ({ path })),
    }),
    parts.namespace(environment),
    ...files,
  ];
}

function releasePatch(
  model: ChartModel,
  environment: ChartEnvironment,
  parts: OverlayParts,
): object {
  const { name, syncPolicy } = environment;
  const version = environment.version ?? model.chart.version;
  const patches = chartPatches(environment.patches, `patches of ${name}`);
  const values = parseValues(environment.values, `values of ${name}`);
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: model.name },
    spec: {
      ...(isOci(model) ? {} : { chart: { spec: { version } } }),
      commonMetadata: { labels: parts.labels(name) },
      // What self-healing is for a release: changes in the cluster are reverted, or only told.
      driftDetection: { mode: syncPolicy.selfHeal ? 'enabled' : 'warn' },
      ...(Object.keys(values).length > 0 ? { values } : {}),
      ...(patches.length > 0
        ? { postRenderers: [{ kustomize: { patches } }] }
        : {}),
    },
  };
}
