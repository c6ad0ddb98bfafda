export { createCluster } from './createCluster';
export type {
  ClusterLogger,
  ClusterOptions,
  RunningCluster,
} from './createCluster';
export { Faults } from './Faults';
export type { FaultMatch } from './Faults';
export { StatusError } from './StatusError';
