import type {
  IApplication,
  IAppProject,
} from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import { manifestFile, type ManifestFile } from '../objects';
import {
  renderFluxRegistration,
  type ArgocdRegistrationOptions,
  type FluxRegistrationOptions,
} from '../registration';
import { appProject, argocdApplication } from '../registration/argocdObjects';
import { isOci, type ChartEnvironment, type ChartModel } from './ChartModel';
import { sharedValuesPath } from './renderChart';

/**
 * The files of the platform repository that make the engine deploy a chart, laid out as those of
 * a service of one's own are.
 *
 * @throws InputError when an object would not fit the schema of its kind.
 *
 * @public
 */
export function renderChartRegistration(
  model: ChartModel,
  options: {
    argocd?: ArgocdRegistrationOptions;
    flux?: FluxRegistrationOptions;
  } = {},
): ManifestFile[] {
  if (model.engine === 'flux') {
    return renderFluxRegistration(model, options.flux);
  }
  const argocd = options.argocd ?? {};
  const folder = `argocd/${model.name}`;
  const applications = model.environments.map(environment =>
    manifestFile(
      `${folder}/${environment.name}.yaml`,
      application(model, environment, argocd),
    ),
  );
  return argocd.project === undefined
    ? [
        manifestFile(`${folder}/project.yaml`, project(model, argocd)),
        ...applications,
      ]
    : applications;
}

/** Where Argo CD looks for a chart; an OCI registry is named without its scheme. */
const chartSource = ({ chart }: ChartModel) =>
  chart.repository.replace(/^oci:\/\//, '');

function project(
  model: ChartModel,
  options: ArgocdRegistrationOptions,
): IAppProject {
  const rendered = appProject(model, options);
  const { spec } = rendered;
  return {
    ...rendered,
    spec: {
      ...spec,
      description: `${model.name} of ${model.team}: the chart ${model.chart.name}, its own namespaces`,
      sourceRepos: [
        ...(spec.sourceRepos ?? []),
        ...(model.method === 'multiple-sources' ? [chartSource(model)] : []),
      ],
      clusterResourceWhitelist: [
        ...(spec.clusterResourceWhitelist ?? []),
        ...model.clusterResources,
      ],
    },
  };
}

function application(
  model: ChartModel,
  environment: ChartEnvironment,
  options: ArgocdRegistrationOptions,
): IApplication {
  const rendered = argocdApplication(model, environment, options);
  if (model.method !== 'multiple-sources') {
    return rendered;
  }
  const { source, ...spec } = rendered.spec;
  const shared = sharedValuesPath(model);
  return {
    ...rendered,
    spec: {
      ...spec,
      sources: [
        {
          repoURL: chartSource(model),
          chart: model.chart.name,
          targetRevision: environment.version ?? model.chart.version,
          helm: {
            releaseName: model.name,
            // The last one wins.
            valueFiles: [
              ...(shared ? [`$values/${shared}`] : []),
              `$values/${model.path}/overlays/${environment.name}/values.yaml`,
            ],
          },
        },
        // Where the values are, and what stands beside the chart.
        { ...source!, ref: 'values' },
      ],
    },
  };
}

/**
 * What the platform must have for a method, in words: shown where the chart is proposed.
 *
 * @public
 */
export function chartNeeds(model: ChartModel): string[] {
  const oci = isOci(model)
    ? [
        `Argo CD must know the registry: a repository Secret with "type: helm", "enableOCI: \\"true\\"" and the url ${chartSource(
          model,
        )}.`,
      ]
    : [];
  switch (model.method) {
    case 'kustomize':
      return [
        'Argo CD must let kustomize inflate charts: "kustomize.buildOptions: --enable-helm" in the ConfigMap argocd-cm. It holds for every application, so that any repository of yours can name charts to download.',
      ];
    case 'multiple-sources':
      return [
        ...oci,
        'Labels reach the namespace and what stands beside the chart. For the objects of the chart set them in its values (most charts have commonLabels or podLabels).',
      ];
    default:
      return [];
  }
}
