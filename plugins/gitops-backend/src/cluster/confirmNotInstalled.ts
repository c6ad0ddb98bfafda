import { toError } from '@backstage/errors';
import {
  ConnectionError,
  connectionErrorReason,
} from '@fairway/plugin-gitops-node';

/** Documents by which an API server says what it serves, as far as they are read. */
interface DiscoveryDocument {
  kind?: string;
  /** Of an `APIGroupList`. */
  groups?: Array<{ name: string; versions?: Array<{ version: string }> }>;
  /** Of `APIVersions`, which is about the core group. */
  versions?: string[];
  /** Of an `APIResourceList`. */
  resources?: Array<{ name: string }>;
}

/** A path that was answered with 404, of a group's version, a kind, or an object of a kind. */
interface UnknownPath {
  cluster: string;
  path: readonly string[];
}

function partsOf(path: readonly string[]) {
  const [group, version, ...rest] =
    path[0] === 'api' ? ['', ...path.slice(1)] : path.slice(1);
  const plural: string | undefined =
    rest[0] === 'namespaces' && rest.length > 2 ? rest[2] : rest[0];
  return { group, version, plural };
}

/** Whether the API server says that it serves the path. */
async function isServed(
  path: readonly string[],
  read: (document: string[], kind: string) => Promise<DiscoveryDocument>,
): Promise<boolean> {
  const { group, version, plural } = partsOf(path);
  const versions = group
    ? (await read(['apis'], 'APIGroupList')).groups
        ?.find(({ name }) => name === group)
        ?.versions?.map(one => one.version)
    : (await read(['api'], 'APIVersions')).versions;
  if (!versions?.includes(version)) {
    return false;
  }
  if (plural === undefined) {
    return true;
  }
  const { resources = [] } = await read(
    group ? ['apis', group, version] : ['api', version],
    'APIResourceList',
  );
  return resources.some(({ name }) => name === plural);
}

/**
 * Whether a 404 means that a kind is not installed: then its objects are forgotten. What stands
 * before an API server says 404 as well when it is broken, so that what counts is the server's own
 * word of what it serves.
 *
 * @param read - reads a document of the cluster; throws a ConnectionError when it cannot
 * @returns the given error when the server confirms it; otherwise what to say in its place
 */
export async function confirmNotInstalled(
  error: Error,
  { cluster, path }: UnknownPath,
  read: (path: string[]) => Promise<unknown>,
): Promise<Error> {
  const what = path.join('/');
  try {
    const served = await isServed(path, async (document, kind) => {
      const body = ((await read(document)) ?? {}) as DiscoveryDocument;
      if (body.kind !== kind) {
        throw new Error(`the answer to ${document.join('/')} is no ${kind}`);
      }
      return body;
    });
    if (!served) {
      return error;
    }
    throw new Error('it says that it serves it');
  } catch (cause) {
    return connectionErrorReason(cause) === 'forbidden'
      ? new ConnectionError(
          'forbidden',
          `Whether cluster '${cluster}' knows ${what} its credential may not ask: ${
            toError(cause).message
          }; bind it to the ClusterRole system:discovery`,
          cause,
        )
      : new ConnectionError(
          'unreachable',
          `Cluster '${cluster}' answers 404 to ${what}, and does not confirm that it does not know it: ${
            toError(cause).message
          }; see that what stands before its API server passes every path on`,
          cause,
        );
  }
}
