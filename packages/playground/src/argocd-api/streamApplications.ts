import type { ClusterEvent } from '../types';
import { toWire, type ApiCall } from './ApiContext';
import { isWanted } from './applications';
import { ApiFailure } from './ApiFailure';
import { withResourceHealth } from './resourceTree';

/** A reader that leaves more unread is cut off. */
const BACKLOG_LIMIT_BYTES = 64 * 1024 * 1024;

/** Writes the messages of one stream in the form that was asked for. */
class Messages {
  readonly #call: ApiCall;
  readonly #isSse: boolean;

  constructor(call: ApiCall) {
    this.#call = call;
    this.#isSse = call.request.headers.accept === 'text/event-stream';
  }

  /** A sign of life; only server-sent events have one. */
  keepAlive(): void {
    if (this.#isSse) {
      this.#write(':\n');
    }
  }

  send(text: string): void {
    this.#write(this.#isSse ? `data: ${text} \n\n\n` : `${text}\n`);
  }

  /** An error before anything was said is the status of the answer. */
  fail(failure: ApiFailure): void {
    const { response } = this.#call;
    if (!response.headersSent) {
      response.statusCode = failure.status;
    }
    this.send(JSON.stringify(failure.toStreamMessage()));
    response.end();
  }

  #write(text: string): void {
    const { response, context } = this.#call;
    const isOver = response.destroyed || response.writableEnded;
    if (isOver || context.faults.silentStreams) {
      return;
    }
    if (!response.headersSent) {
      response.writeHead(response.statusCode, {
        'Content-Type': this.#isSse ? 'text/event-stream' : 'application/json',
      });
    }
    response.write(text);
    if (response.writableLength > BACKLOG_LIMIT_BYTES) {
      response.destroy();
    }
  }
}

/**
 * WATCH. It tells what happens from now on: a version leaves out what is older and brings nothing
 * back, and without a version all applications come first. Like Argo CD's gateway it says nothing
 * at all, not even headers, before the first message; and it never looks at the token again.
 */
export function streamApplications(call: ApiCall): void {
  const { context, query, request, response } = call;
  const messages = new Messages(call);
  const from = query.get('resourceVersion') ?? '';
  const minimum = /^\d+$/.test(from) ? Number(from) : 0;
  const last = new Map<string, string>();
  const send = ({ type, object }: ClusterEvent) => {
    const isOld = Number(object.metadata.resourceVersion) < minimum;
    if (isOld || !isWanted(call, object)) {
      return;
    }
    const application = toWire(withResourceHealth(context.cluster, object));
    const text = JSON.stringify({ result: { type, application } });
    // The same again is not told twice; the real one tells applications apart by their name alone.
    if (last.get(object.metadata.name) !== text) {
      last.set(object.metadata.name, text);
      messages.send(text);
    }
  };
  if (from === '') {
    for (const object of context.applications.list()) {
      send({ type: 'ADDED', object });
    }
  }
  const stop = context.applications.subscribe(send);
  const timer = setInterval(() => messages.keepAlive(), context.keepAliveMs);
  const untrack = context.faults.track({
    response,
    fail: message => messages.fail(new ApiFailure('unavailable', message)),
  });
  request.on('close', end);
  response.on('close', end);

  function end() {
    clearInterval(timer);
    stop();
    untrack();
  }
}
