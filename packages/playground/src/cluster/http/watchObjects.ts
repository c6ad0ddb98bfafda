import { KubernetesObject } from '../../types';
import { Faults } from '../Faults';
import { StoreEvent } from '../ObjectStore';
import { ResourceDefinition } from '../resources';
import { Selector } from '../selectors';
import { badRequest, invalid, StatusError } from '../StatusError';
import { StoredObject } from '../StoredObject';
import { ApiRequest, isTrue } from './ApiRequest';
import { parseVersion, selectorOf } from './listObjects';
import { WatchStream } from './WatchStream';

/** A watch without `timeoutSeconds` lives between one and two times this long. */
const DEFAULT_TIMEOUT_SECONDS = 30 * 60;

interface WatchParameters {
  /** Undefined: begin with what exists now. */
  since?: number;
  /** Undefined: as `since` says. */
  sendInitialEvents?: boolean;
  bookmarks: boolean;
  timeoutSeconds: number;
}

/**
 * WATCH: one JSON document per line, each sent at once.
 *
 * A watch from a version that has left the history gets an ERROR event with a 410
 * Status, and ends. A bookmark is sent at an interval, and when the watch times out.
 */
export function watchObjects(request: ApiRequest): void {
  const { context, target, response } = request;
  const { store } = context.objects;
  const parameters = readParameters(request);
  const selector = watchSelector(request);
  const { faults } = context;
  const stream = new WatchStream(
    response,
    target.resource,
    () => faults.silent,
  );
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-cache, private',
  });
  response.flushHeaders();

  const { since } = parameters;
  let missed: StoreEvent[] = [];
  let initial: StoredObject[] = [];
  try {
    if (parameters.sendInitialEvents ?? !since) {
      initial = store
        .list(target.resource)
        .filter(stored => selector(stored.object));
    } else if (since) {
      missed = store.eventsSince(target.resource, since);
    }
  } catch (error) {
    if (!(error instanceof StatusError)) {
      throw error;
    }
    stream.send('ERROR', JSON.stringify(error.toStatus()));
    response.end();
    return;
  }

  // A watch from a future version waits for it, as the real server does.
  const threshold = Math.max(store.version, since ?? 0);
  const send = (event: StoreEvent) =>
    sendEvent({ stream, event, selector, faults });
  const unsubscribe = store.hub.subscribe(event => {
    if (event.version > threshold && isOf(event, target.resource)) {
      send(event);
    }
  });
  const started = threshold;
  for (const stored of initial) {
    stream.send('ADDED', faults.jsonOf(stored, stored.json));
  }
  if (parameters.sendInitialEvents && parameters.bookmarks) {
    stream.bookmark(started, { 'k8s.io/initial-events-end': 'true' });
  }
  missed.forEach(send);

  const timers = [
    setTimeout(() => {
      if (parameters.bookmarks) {
        stream.bookmark(Math.max(store.version, threshold));
      }
      stream.end();
    }, parameters.timeoutSeconds * 1000),
  ];
  if (parameters.bookmarks) {
    timers.push(
      setInterval(
        () => stream.bookmark(Math.max(store.version, threshold)),
        context.bookmarkIntervalMs,
      ),
    );
  }
  const untrack = faults.track(stream);
  response.on('close', () => {
    unsubscribe();
    untrack();
    timers.forEach(clearTimeout);
  });
}

/** An object that enters the selection is ADDED, one that leaves it DELETED. */
function sendEvent(delivery: {
  stream: WatchStream;
  event: StoreEvent;
  selector: Selector;
  faults: Faults;
}): void {
  const { stream, event, selector, faults } = delivery;
  const { previous, current } = event;
  const was = previous !== undefined && selector(previous.object);
  const is = event.type !== 'DELETED' && selector(current.object);
  if (is) {
    stream.send(
      was ? 'MODIFIED' : 'ADDED',
      faults.jsonOf(current, current.json),
    );
  } else if (was) {
    const last =
      event.type === 'DELETED'
        ? current
        : new StoredObject(event.resource, previous.object, event.version);
    stream.send('DELETED', last.json);
  }
}

function isOf(event: StoreEvent, resource: ResourceDefinition): boolean {
  return (
    event.resource.plural === resource.plural &&
    event.resource.group === resource.group
  );
}

function watchSelector({ target, query }: ApiRequest): Selector {
  const selector = selectorOf(query, target.resource);
  return (object: KubernetesObject) =>
    (!target.namespace || object.metadata.namespace === target.namespace) &&
    (!target.name || object.metadata.name === target.name) &&
    selector(object);
}

function readParameters({ query }: ApiRequest): WatchParameters {
  const seconds = query.get('timeoutSeconds');
  if (seconds && !/^\d+$/.test(seconds)) {
    throw badRequest(`invalid timeoutSeconds "${seconds}"`);
  }
  const initial = query.get('sendInitialEvents');
  const match = query.get('resourceVersionMatch');
  if (initial !== null && match !== 'NotOlderThan') {
    throw invalidOption(
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    );
  }
  if (initial === null && match !== null) {
    throw invalidOption(
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    );
  }
  return {
    since: parseVersion(query.get('resourceVersion')) || undefined,
    ...(initial !== null && { sendInitialEvents: isTrue(initial) }),
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    timeoutSeconds:
      Number(seconds) || DEFAULT_TIMEOUT_SECONDS * (1 + Math.random()),
  };
}

function invalidOption(message: string): StatusError {
  return invalid(
    { group: 'meta.k8s.io', plural: 'listoptions', kind: 'ListOptions' },
    '',
    [
      {
        reason: 'FieldValueForbidden',
        message: `Forbidden: ${message}`,
        field: 'resourceVersionMatch',
      },
    ],
  );
}
