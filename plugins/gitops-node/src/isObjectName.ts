/** Names of all kinds are segments of a path, no longer than this. */
const MAX_NAME_LENGTH = 253;

/**
 * Whether an object of Kubernetes can have the name: the widest of its rules, by which RBAC names
 * its roles. What refers to another object by a name that none can have refers to nothing.
 *
 * @public
 */
export function isObjectName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= MAX_NAME_LENGTH &&
    name !== '.' &&
    name !== '..' &&
    // eslint-disable-next-line no-control-regex -- no name has any
    !/[/%\s<>\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(name)
  );
}
