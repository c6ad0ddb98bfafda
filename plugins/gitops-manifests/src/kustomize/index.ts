export {
  buildKustomization,
  type BuildKustomizationOptions,
  type RenderedObject,
} from './buildKustomization';
export { validateFolder, type ValidatedOverlay } from './validateFolder';
