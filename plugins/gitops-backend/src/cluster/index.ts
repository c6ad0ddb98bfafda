export * from './ClusterApi';
export { ClusterConnection } from './ClusterConnection';
export * from './ClusterWatcher';
export {
  DEFAULT_WATCH_TIMES,
  ResourceWatcher,
  type WatchTimes,
} from './ResourceWatcher';
export * from './WatchedResource';
