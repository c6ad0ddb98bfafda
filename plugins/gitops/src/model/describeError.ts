/** What kind of answer an error is, so that each looks different. */
export interface ErrorDescription {
  kind: 'forbidden' | 'not-found' | 'failed';
  /** Cause and what to do, in the backend's words. */
  message: string;
}

interface ErrorLike {
  name?: unknown;
  message?: unknown;
  cause?: unknown;
  statusCode?: unknown;
}

/**
 * Reads an error of the client: a `ResponseError` carries the backend's error as its
 * cause, whose message is the one written for people.
 */
export function describeError(error: unknown): ErrorDescription {
  const outer = (error ?? {}) as ErrorLike;
  const inner = (
    typeof outer.cause === 'object' && outer.cause !== null
      ? outer.cause
      : outer
  ) as ErrorLike;
  const message = String(inner.message || outer.message || error);
  const names = [inner.name, outer.name];
  if (names.includes('NotAllowedError') || outer.statusCode === 403) {
    return { kind: 'forbidden', message };
  }
  if (names.includes('NotFoundError') || outer.statusCode === 404) {
    return { kind: 'not-found', message };
  }
  return { kind: 'failed', message };
}
