export { ArgocdScript } from './ArgocdScript';
export { eventually } from './eventually';
export {
  allApplications,
  allDeployments,
  expectStoreEquals,
  untilStoreEquals,
  watchOf,
} from './expectStore';
export { FlakyPort } from './FlakyPort';
export { SHORT_TIMES, TestBackend } from './TestBackend';
export type { ClusterAddress, TestBackendOptions } from './TestBackend';
export { TestCluster } from './TestCluster';
export { WIDGETS } from './widgets';
