export * from './ClusterApi';
export { ClusterConnection } from './ClusterConnection';
export * from './ClusterRegistry';
export * from './ClusterWatcher';
export * from './WatchedResource';
export { DEFAULT_WATCH_TIMES, type WatchTimes } from './WatchTimes';
