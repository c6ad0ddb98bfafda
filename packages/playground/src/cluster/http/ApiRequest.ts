import { IncomingMessage, ServerResponse } from 'node:http';
import { Faults } from '../Faults';
import { Logs } from '../Logs';
import { ObjectService } from '../ObjectService';
import { RequestTarget } from './parsePath';

/** What the handlers of all requests share. */
export interface ApiContext {
  objects: ObjectService;
  logs: Logs;
  faults: Faults;
  now: () => Date;
  /** Milliseconds between the bookmarks of a watch. */
  bookmarkIntervalMs: number;
}

/** One request for a kind or an object. */
export interface ApiRequest {
  context: ApiContext;
  target: RequestTarget;
  query: URLSearchParams;
  request: IncomingMessage;
  response: ServerResponse;
}

/** Kubernetes reads `1`, `t` and `true` as true. */
export function isTrue(value: string | null): boolean {
  return (
    value !== null && ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)
  );
}

/** Answers with a JSON document. */
export function sendJson(
  response: ServerResponse,
  code: number,
  body: string | object,
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(code, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-cache, private',
  });
  response.end(text);
}
