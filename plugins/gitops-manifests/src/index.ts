/**
 * Renders the manifests of a golden path: typed models in, files out. Nothing here calls a
 * forge, a cluster or the network; `kustomize` is the only program that is run.
 *
 * @packageDocumentation
 */
export * from './model';
export * from './objects';
export * from './workload';
export * from './registration';
export * from './kustomize';
export * from './edit';
export * from './policies';
export * from './secrets';
export * from './chart';
export * from './progressive';
export * from './previews';
export * from './tenant';
export * from './difference';
export * from './overlays';
export * from './images';
export * from './promotion';
export * from './syncPolicy';
export * from './registered';
export * from './restore';
export * from './adoption';
export * from './commits';
