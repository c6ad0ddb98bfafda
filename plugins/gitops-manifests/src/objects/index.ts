export { assertValidObject, type ManifestObject } from './assertValidObject';
export { manifestFile, plainFile, type ManifestFile } from './ManifestFile';
