import { stringify } from 'yaml';
import { assertValidObject, type ManifestObject } from './assertValidObject';

/** A file to be written; the path is relative, with slashes, and never leads upwards. @public */
export interface ManifestFile {
  path: string;
  content: string;
}

/**
 * A file with one object, checked against its schema.
 *
 * @throws InputError when the object does not fit the schema.
 *
 * @public
 */
export function manifestFile<T extends ManifestObject>(
  path: string,
  object: T,
): ManifestFile {
  assertValidObject(object);
  return plainFile(path, object);
}

/**
 * A YAML file with a value that has no published schema, such as a kustomization or a patch.
 *
 * @public
 */
export function plainFile(path: string, value: object): ManifestFile {
  return {
    path,
    content: stringify(value, {
      // Go reads YAML 1.1 words such as "on" as booleans; this quotes them.
      version: '1.1',
      lineWidth: 0,
      // An object that stands twice is written twice: people edit the one and not the other.
      aliasDuplicateObjects: false,
    }),
  };
}
