export {
  parsePreviewModel,
  PREVIEW_FORGES,
  type PreviewModel,
  type PreviewModelInput,
} from './PreviewModel';
export { renderPreviews } from './renderPreviews';
export { addPreviewOverlay } from './addPreviewOverlay';
export type { PreviewRoute } from './hostPatches';
export type { ArgocdPreviewOptions } from './argocdPreviews';
export type { FluxPreviewOptions } from './fluxPreviews';
