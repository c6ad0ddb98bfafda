export { ArgocdConnection } from './ArgocdConnection';
export type { ArgocdTimes } from './ArgocdTimes';
export { readArgocdConfig, type ArgocdInstance } from './readArgocdConfig';
