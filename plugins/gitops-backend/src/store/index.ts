export * from './CommandStore';
export * from './GitopsStore';
export { DatabaseClusterRegistry } from './DatabaseClusterRegistry';
export { DatabaseGitopsStore } from './DatabaseGitopsStore';
export { deploymentId, factId, failureId, objectId } from './ids';
export type { ChangeFeed, Changes } from './ChangeFeed';
export { clusterLease } from './leaseTable';
export * from './ObjectVersion';
export * from './RecorderStore';
