import type { ServiceModel } from '../model';
import type { ManifestFile } from '../objects';
import { renderBase } from './renderBase';
import { renderOverlay } from './renderOverlay';

/**
 * The folder of a service's manifests: `base`, and one overlay for each environment and for
 * previews. Every overlay builds with kustomize 4.5 and later.
 *
 * @returns files below `model.path`, sorted by path.
 * @throws InputError when an object would not fit the schema of its kind.
 *
 * @public
 */
export function renderWorkload(model: ServiceModel): ManifestFile[] {
  const overlays = [
    ...model.environments,
    { name: 'preview', tier: 'preview' as const },
  ];
  return [
    ...renderBase(model),
    ...overlays.flatMap(overlay => renderOverlay(model, overlay)),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}
