export { ChangePublisher, type ChangeListener } from './ChangePublisher';
export { clusterOf, destinationsOf, SOME_CLUSTER } from './destinations';
export { CatalogEntityResolver, type EntityResolver } from './EntityResolver';
export type { IndexedEntity, OwnedObject } from './EntityIndex';
export { Recorder, type RecorderOptions } from './Recorder';
export { ReplicaFollower } from './ReplicaFollower';
