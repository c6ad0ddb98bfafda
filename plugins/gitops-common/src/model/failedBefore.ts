import type { Application } from './Application';

/**
 * True when the last operation failed at another revision than the one that should run now:
 * engines keep saying so when a revert in Git has made it good without another operation.
 *
 * @public
 */
export function failedBefore(
  application: Pick<Application, 'operation' | 'desiredRevision'>,
): boolean {
  const { operation, desiredRevision } = application;
  return (
    operation?.phase === 'failed' &&
    operation.revision !== undefined &&
    desiredRevision !== undefined &&
    operation.revision !== desiredRevision
  );
}
