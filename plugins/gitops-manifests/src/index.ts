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
