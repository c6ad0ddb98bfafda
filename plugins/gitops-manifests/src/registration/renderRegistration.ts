import type { ServiceModel } from '../model';
import { manifestFile, type ManifestFile } from '../objects';
import {
  appProject,
  argocdApplication,
  type ArgocdRegistrationOptions,
} from './argocdObjects';
import {
  fluxKustomization,
  gitRepository,
  type FluxRegistrationOptions,
} from './fluxObjects';
import type { RegisteredModel } from './RegisteredModel';

/**
 * The files of the platform repository that make the service's engine deploy it.
 *
 * @throws InputError when an object would not fit the schema of its kind.
 *
 * @public
 */
export function renderRegistration(
  model: ServiceModel,
  options: {
    argocd?: ArgocdRegistrationOptions;
    flux?: FluxRegistrationOptions;
  } = {},
): ManifestFile[] {
  return model.engine === 'argocd'
    ? renderArgocdRegistration(model, options.argocd)
    : renderFluxRegistration(model, options.flux);
}

/**
 * Argo CD: an `Application` for each environment, and an `AppProject` that confines them to
 * the service's repository and namespaces.
 *
 * @returns `argocd/<service>/<environment>.yaml` and `argocd/<service>/project.yaml`, for a
 * root application that reads `argocd` recursively.
 *
 * @public
 */
export function renderArgocdRegistration(
  model: ServiceModel,
  options: ArgocdRegistrationOptions = {},
): ManifestFile[] {
  const folder = `argocd/${model.name}`;
  const applications = model.environments.map(environment =>
    manifestFile(
      `${folder}/${environment.name}.yaml`,
      argocdApplication(model, environment, options),
    ),
  );
  return options.project === undefined
    ? [
        manifestFile(`${folder}/project.yaml`, appProject(model, options)),
        ...applications,
      ]
    : applications;
}

/**
 * Flux: a `GitRepository`, and a `Kustomization` for each environment.
 *
 * @returns `flux/<service>/source.yaml` and `flux/<service>/<environment>.yaml`, for a root
 * Kustomization whose path is `./flux`.
 *
 * @public
 */
export function renderFluxRegistration(
  model: RegisteredModel,
  options: FluxRegistrationOptions = {},
): ManifestFile[] {
  const folder = `flux/${model.name}`;
  return [
    manifestFile(`${folder}/source.yaml`, gitRepository(model, options)),
    ...model.environments.map(environment =>
      manifestFile(
        `${folder}/${environment.name}.yaml`,
        fluxKustomization(model, environment, options),
      ),
    ),
  ];
}
