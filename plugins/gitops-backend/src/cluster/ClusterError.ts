import { ServiceUnavailableError } from '@backstage/errors';

/**
 * Why a cluster did not do what it was asked.
 *
 * - `forbidden`: the credential of the `kubernetes:` section may not;
 * - `not-installed`: the cluster does not know the kind;
 * - `expired`: the resourceVersion or the page is too old: list again;
 * - `unreachable`: no answer, or one that makes no sense.
 */
export type ClusterErrorReason =
  | 'forbidden'
  | 'not-installed'
  | 'expired'
  | 'unreachable';

/**
 * A cluster did not do what it was asked. For people it is a `ServiceUnavailableError`: a user
 * who may use Fairway must not be told "forbidden" because the portal's credential is.
 */
export class ClusterError extends ServiceUnavailableError {
  readonly reason: ClusterErrorReason;

  constructor(reason: ClusterErrorReason, message: string, cause?: unknown) {
    super(message, cause instanceof Error ? cause : undefined);
    this.name = 'ServiceUnavailableError';
    this.reason = reason;
  }
}

/** The reason of an error of this boundary; `unreachable` for all others. */
export function clusterErrorReason(error: unknown): ClusterErrorReason {
  return error instanceof ClusterError ? error.reason : 'unreachable';
}
