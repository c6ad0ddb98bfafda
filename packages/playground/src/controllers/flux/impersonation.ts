import { KubernetesObject } from '../../types';
import { Account } from '../accessReview';
import { ControllerContext } from '../ControllerContext';

/** The account as which Flux applies an object; undefined when it is the controller's own. */
export function accountOf(
  { defaultServiceAccount }: Pick<ControllerContext, 'defaultServiceAccount'>,
  { metadata, spec }: KubernetesObject,
): Account | undefined {
  const name: string | undefined =
    spec.serviceAccountName ?? defaultServiceAccount;
  return name ? { namespace: metadata.namespace!, name } : undefined;
}
