import type { ObjectFields } from '@fairway/plugin-gitops-node';

/** Names of the entries of an operation's `info` that say which command it is. */
export const INFO_REQUESTED_BY = 'Requested by';
export const INFO_REQUESTED_AT = 'Requested at';

/** Who asked for an operation through Fairway, and when. */
export interface OperationMark {
  /** Entity ref. */
  requestedBy?: string;
  /** ISO time. */
  requestedAt?: string;
}

/** The mark of an `operation`; undefined when it was asked for elsewhere. */
export function readMark(operation: ObjectFields): OperationMark | undefined {
  const info = new Map(
    operation
      .list('info')
      .map(item => [item.string('name'), item.string('value')]),
  );
  return info.has(INFO_REQUESTED_AT)
    ? {
        requestedBy: info.get(INFO_REQUESTED_BY),
        requestedAt: info.get(INFO_REQUESTED_AT),
      }
    : undefined;
}

/**
 * Who asked for an `operation`: the user whom its mark names, because Argo CD's API names no more
 * than the portal's account; absent when Argo CD did so by itself.
 */
export function readInitiator(operation: ObjectFields): string | undefined {
  const initiatedBy = operation.object('initiatedBy');
  return initiatedBy.boolean('automated') === true
    ? undefined
    : readMark(operation)?.requestedBy ?? initiatedBy.string('username');
}
