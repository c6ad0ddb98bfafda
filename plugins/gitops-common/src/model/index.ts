export * from './Application';
export * from './ClusterStatus';
export * from './Deployment';
export * from './Environment';
export * from './Fact';
export * from './health';
export * from './sync';
export * from './SyncPolicy';
