import { manifestFile, type ManifestFile } from '../objects';
import {
  tenantApplications,
  tenantProject,
  type ArgocdTenantOptions,
} from './argocdTenant';
import {
  tenantAccess,
  tenantAccount,
  tenantHome,
  tenantKustomization,
  tenantSource,
  type FluxTenantOptions,
} from './fluxTenant';
import type { TenantModel } from './TenantModel';
import { tenantNamespaces } from './tenantNamespaces';

/** How the engines are set up for teams. @public */
export interface TenantOptions {
  argocd?: ArgocdTenantOptions;
  flux?: FluxTenantOptions;
}

/** The folder of the platform repository that is a team's. */
export function tenantFolder(model: Pick<TenantModel, 'engine' | 'name'>) {
  return `${model.engine}/teams/${model.name}`;
}

/**
 * The files of the platform repository that give a team its place: namespaces with quotas and a
 * network policy; for Argo CD a project and what makes applications of the team's folders; for
 * Flux an account, its rights, and Kustomizations that reconcile as that account.
 *
 * @returns files below `argocd/teams/<team>` or `flux/teams/<team>`
 * @throws InputError when an object would not fit the schema of its kind.
 *
 * @public
 */
export function renderTenant(
  model: TenantModel,
  options: TenantOptions = {},
): ManifestFile[] {
  const folder = tenantFolder(model);
  const own =
    model.engine === 'argocd'
      ? argocdFiles(model, folder, options.argocd ?? {})
      : fluxFiles(model, folder, options.flux ?? {});
  return [...own, ...tenantNamespaces(model, folder)].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

function argocdFiles(
  model: TenantModel,
  folder: string,
  options: ArgocdTenantOptions,
): ManifestFile[] {
  return [
    manifestFile(`${folder}/project.yaml`, tenantProject(model, options)),
    manifestFile(
      `${folder}/applications.yaml`,
      tenantApplications(model, options),
    ),
  ];
}

function fluxFiles(
  model: TenantModel,
  folder: string,
  options: FluxTenantOptions,
): ManifestFile[] {
  return [
    manifestFile(`${folder}/namespace.yaml`, tenantHome(model)),
    manifestFile(`${folder}/account.yaml`, tenantAccount(model)),
    manifestFile(`${folder}/source.yaml`, tenantSource(model, options)),
    ...model.environments.flatMap(environment => [
      manifestFile(
        `${folder}/${environment}/access.yaml`,
        tenantAccess(model, environment, options),
      ),
      manifestFile(
        `${folder}/${environment}/deploy.yaml`,
        tenantKustomization(model, environment),
      ),
    ]),
  ];
}
