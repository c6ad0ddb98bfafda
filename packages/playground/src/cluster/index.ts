export { createCluster } from './createCluster';
export type {
  ClusterLogger,
  ClusterOptions,
  RunningCluster,
} from './createCluster';
export { StatusError } from './StatusError';
