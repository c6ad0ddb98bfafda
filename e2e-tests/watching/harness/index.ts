export { ArgocdScript } from './ArgocdScript';
export { atRate } from './atRate';
export { eventually } from './eventually';
export {
  allApplications,
  allDeployments,
  untilStoreEquals,
  watchesOf,
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
export { TestCluster } from './TestCluster';
export { untilState } from './untilState';
export { WIDGETS } from './widgets';
export { Witness } from './Witness';
export { Worlds, WorldUnderFaults } from './Worlds';
