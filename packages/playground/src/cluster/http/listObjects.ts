import { once } from 'node:events';
import { ObjectStore } from '../ObjectStore';
import { apiVersionOf, ResourceDefinition } from '../resources';
import { parseFieldSelector, parseLabelSelector, Selector } from '../selectors';
import { badRequest, expired, StatusError } from '../StatusError';
import { StoredObject } from '../StoredObject';
import { ApiRequest } from './ApiRequest';

/** Written at a time, so that a long list leaves room for other requests. */
const CHUNK_CHARACTERS = 1024 * 1024;

/** Where a paged list goes on. */
interface ContinueToken {
  v: 'meta.k8s.io/v1';
  /** The version of the list; -1 for the present one, whatever it is. */
  rv: number;
  /** The key of the last object that was sent. */
  start: string;
}

/** One page of a list. */
interface Page {
  version: number;
  objects: StoredObject[];
  next?: string;
  remaining?: number;
}

/** The selectors of a request, joined. */
export function selectorOf(
  query: URLSearchParams,
  resource: ResourceDefinition,
): Selector {
  const byLabels = parseLabelSelector(query.get('labelSelector'));
  const byFields = parseFieldSelector(query.get('fieldSelector'), resource);
  return object => byLabels(object) && byFields(object);
}

/**
 * A version from a query.
 *
 * @throws a 400 Status when it is no version
 */
export function parseVersion(text: string | null): number | undefined {
  if (!text) {
    return undefined;
  }
  if (!/^\d+$/.test(text)) {
    throw badRequest(`invalid resource version "${text}"`);
  }
  return Number(text);
}

/**
 * LIST. All pages of one list show the state at its first page; once that has left the
 * history the answer is 410, with a token that goes on in the present state.
 */
export async function listObjects(request: ApiRequest): Promise<void> {
  const { context, target, query, response } = request;
  const { resource } = target;
  context.faults.beforePage?.({ resource, continued: query.has('continue') });
  const page = readPage(request);
  const metadata = {
    resourceVersion: String(page.version),
    ...(page.next && { continue: page.next }),
    ...(page.remaining && { remainingItemCount: page.remaining }),
  };
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-cache, private',
  });
  const head = JSON.stringify({
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata,
  });
  let chunk = `${head.slice(0, -1)},"items":[`;
  let separator = '';
  for (const stored of page.objects) {
    chunk += separator + context.faults.jsonOf(stored, stored.listItemJson);
    separator = ',';
    if (chunk.length >= CHUNK_CHARACTERS) {
      if (!response.write(chunk)) {
        await Promise.race([once(response, 'drain'), once(response, 'close')]);
      } else {
        await new Promise(resolve => setImmediate(resolve));
      }
      if (response.destroyed) {
        return;
      }
      chunk = '';
    }
  }
  response.end(`${chunk}]}`);
}

function readPage(request: ApiRequest): Page {
  const { context, target, query } = request;
  const { resource, namespace } = target;
  const { store } = context.objects;
  const selector = selectorOf(query, resource);
  const token = parseContinue(query.get('continue'));
  const version = versionOfList(store, query, token);
  const all = listAt(store, resource, version, token);
  const limit = parseLimit(query.get('limit'));

  const objects: StoredObject[] = [];
  let index = token ? indexAfter(all, token.start) : 0;
  let more = false;
  for (; index < all.length; index++) {
    const { object } = all[index];
    if (
      (!namespace || object.metadata.namespace === namespace) &&
      selector(object)
    ) {
      if (limit && objects.length === limit) {
        more = true;
        break;
      }
      objects.push(all[index]);
    }
  }
  if (!more) {
    return { version, objects };
  }
  const isSelective =
    query.get('labelSelector') || query.get('fieldSelector') || namespace;
  return {
    version,
    objects,
    next: encodeContinue(
      token?.rv === -1 ? -1 : version,
      objects[objects.length - 1].key,
    ),
    // Like the real server: not counted when a selector would have to look at all.
    ...(!isSelective && { remaining: all.length - index }),
  };
}

function versionOfList(
  store: ObjectStore,
  query: URLSearchParams,
  token: ContinueToken | undefined,
): number {
  const wanted = parseVersion(query.get('resourceVersion'));
  if (token) {
    if (wanted) {
      throw badRequest(
        'specifying resource version is not allowed when using continue',
      );
    }
    return token.rv === -1 ? store.version : token.rv;
  }
  if (wanted !== undefined && wanted > store.version) {
    throw new StatusError({
      code: 504,
      reason: 'Timeout',
      message: `Timeout: Too large resource version: ${wanted}, current: ${store.version}`,
      details: {
        causes: [
          {
            reason: 'ResourceVersionTooLarge',
            message: 'Too large resource version',
          },
        ],
        retryAfterSeconds: 1,
      },
    });
  }
  return wanted && query.get('resourceVersionMatch') === 'Exact'
    ? wanted
    : store.version;
}

function listAt(
  store: ObjectStore,
  resource: ResourceDefinition,
  version: number,
  token: ContinueToken | undefined,
): StoredObject[] {
  try {
    return store.list(resource, version);
  } catch (error) {
    if (!token || !(error instanceof StatusError)) {
      throw error;
    }
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
      encodeContinue(-1, token.start),
    );
  }
}

function parseLimit(text: string | null): number {
  if (!text) {
    return 0;
  }
  if (!/^\d+$/.test(text)) {
    throw badRequest(`invalid limit "${text}"`);
  }
  return Number(text);
}

function encodeContinue(version: number, start: string): string {
  const token: ContinueToken = { v: 'meta.k8s.io/v1', rv: version, start };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function parseContinue(text: string | null): ContinueToken | undefined {
  if (!text) {
    return undefined;
  }
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Number.isInteger(token.rv) && typeof token.start === 'string') {
      return token;
    }
  } catch {
    // Answered below, like every other token that is none.
  }
  throw badRequest('continue key is not valid');
}

/** The place of the first key behind `start`. */
function indexAfter(sorted: StoredObject[], start: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (sorted[middle].key <= start) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
