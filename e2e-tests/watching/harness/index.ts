export { ArgocdScript } from './ArgocdScript';
export type { ClusterScript } from './ClusterScript';
export { atRate } from './atRate';
export { ClusterTruth } from './ClusterTruth';
export { eventually } from './eventually';
export {
  allApplications,
  allDeployments,
  expectStoreEquals,
  untilStoreEquals,
  watchOf,
} from './expectStore';
export { FlakyPort } from './FlakyPort';
export { NotificationLog } from './NotificationLog';
export {
  dropDatabases,
  newDatabasePrefix,
  postgresConnection,
} from './postgres';
export { SignalListener } from './SignalListener';
export { PATIENT_TIMES, SHORT_TIMES, TestBackend } from './TestBackend';
export type { ClusterAddress, TestBackendOptions } from './TestBackend';
export { TestCluster } from './TestCluster';
export { untilState } from './untilState';
export { WIDGETS } from './widgets';
export { Witness } from './Witness';
export { World } from './World';
export { Worlds, WorldUnderFaults } from './Worlds';
export type { WorldOptions } from './Worlds';
