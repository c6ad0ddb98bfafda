import type { Application } from '@fairway/plugin-gitops-common';
import type { ObjectFields } from '@fairway/plugin-gitops-node';

/**
 * Where it deploys to. `spec.kubeConfig` names another cluster by the Secret or the ConfigMap that
 * leads there: its name, without the ending that Cluster API gives it, is all that is read of it.
 */
export function readDestination(
  spec: ObjectFields,
  namespace: string | undefined,
): Application['destination'] {
  const kubeConfig = spec.object('kubeConfig');
  const name =
    kubeConfig.object('secretRef').string('name') ??
    kubeConfig.object('configMapRef').string('name');
  return {
    namespace,
    ...(name && { server: name.replace(/(?<=.)-kubeconfig$/, '') }),
  };
}
