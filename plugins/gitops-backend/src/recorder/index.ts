export { ChangePublisher, type ChangeListener } from './ChangePublisher';
export { CatalogEntityResolver, type EntityResolver } from './EntityResolver';
export type { IndexedEntity, OwnedObject } from './EntityIndex';
export { Recorder, type RecorderOptions } from './Recorder';
export { ReplicaFollower } from './ReplicaFollower';
