import { ServiceUnavailableError } from '@backstage/errors';

/**
 * Why a cluster, or an engine's own API, did not do what it was asked.
 *
 * - `forbidden`: the portal's credential may not, or is not valid any more;
 * - `not-installed`: the kind is unknown there;
 * - `expired`: the resourceVersion or the page is too old: list again;
 * - `unreachable`: no answer, or one that makes no sense.
 *
 * @public
 */
export type ConnectionErrorReason =
  | 'forbidden'
  | 'not-installed'
  | 'expired'
  | 'unreachable';

/**
 * A cluster, or an engine's own API, did not do what it was asked. For people it is a
 * `ServiceUnavailableError`: a user who may use Fairway must not be told "forbidden" because the
 * portal's credential is.
 *
 * @public
 */
export class ConnectionError extends ServiceUnavailableError {
  readonly reason: ConnectionErrorReason;

  constructor(reason: ConnectionErrorReason, message: string, cause?: unknown) {
    super(message, cause instanceof Error ? cause : undefined);
    this.name = 'ServiceUnavailableError';
    this.reason = reason;
  }
}

/** The reason of a {@link ConnectionError}, also of another copy of this package; `unreachable` for all others. @public */
export function connectionErrorReason(error: unknown): ConnectionErrorReason {
  const { reason } = (error ?? {}) as { reason?: unknown };
  return reason === 'forbidden' ||
    reason === 'not-installed' ||
    reason === 'expired'
    ? reason
    : 'unreachable';
}
