import { toError } from '@backstage/errors';
import { ConnectionError, type ObjectEvent } from '@fairway/plugin-gitops-node';

/** A watch ended by an error, after a list that succeeded. */
export class BrokenWatchError extends Error {
  constructor(cause: unknown) {
    super(toError(cause).message, { cause });
    this.name = 'BrokenWatchError';
  }
}

/** What an event of type `ERROR` means. */
export function errorOf({ object }: ObjectEvent): Error {
  return new ConnectionError(
    object.code === 410 ? 'expired' : 'unreachable',
    object.message ?? 'The watch failed',
  );
}
