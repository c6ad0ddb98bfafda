import { manifestFile, plainFile, type ManifestFile } from '../objects';
import {
  previewApplicationSet,
  previewProject,
  type ArgocdPreviewOptions,
} from './argocdPreviews';
import {
  previewAccount,
  previewInputProvider,
  previewResourceSet,
  type FluxPreviewOptions,
} from './fluxPreviews';
import type { PreviewRoute } from './hostPatches';
import type { PreviewModel } from './PreviewModel';

/**
 * The files of the platform repository that make an engine deploy every labelled pull request of
 * a service: for Argo CD an `ApplicationSet` and a project of its own, for Flux a `ResourceSet`
 * of the Flux Operator, its provider of inputs and the account that it deploys as.
 *
 * @param options - `route`: what holds the host name, as {@link addPreviewOverlay} says
 * @returns files below `argocd/<service>` or `flux/<service>`, beside the service's registration.
 * @throws InputError when an object would not fit the schema of its kind.
 *
 * @public
 */
export function renderPreviews(
  model: PreviewModel,
  options: {
    route?: PreviewRoute;
    argocd?: ArgocdPreviewOptions;
    flux?: FluxPreviewOptions;
  } = {},
): ManifestFile[] {
  const { route, argocd = {}, flux = {} } = options;
  const folder = `${model.engine}/${model.name}`;
  if (model.engine === 'argocd') {
    return [
      manifestFile(
        `${folder}/previews-project.yaml`,
        previewProject(model, argocd),
      ),
      manifestFile(
        `${folder}/previews.yaml`,
        previewApplicationSet(model, route, argocd),
      ),
    ];
  }
  return [
    manifestFile(
      `${folder}/previews-account.yaml`,
      previewAccount(model, flux),
    ),
    plainFile(
      `${folder}/previews-provider.yaml`,
      previewInputProvider(model, flux),
    ),
    plainFile(
      `${folder}/previews.yaml`,
      previewResourceSet(model, route, flux),
    ),
  ];
}
