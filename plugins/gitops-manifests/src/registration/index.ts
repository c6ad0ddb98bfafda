export {
  renderRegistration,
  renderArgocdRegistration,
  renderFluxRegistration,
} from './renderRegistration';
export type { ArgocdRegistrationOptions } from './argocdObjects';
export type { FluxRegistrationOptions } from './fluxObjects';
