import { LABEL_ENVIRONMENT, LABEL_TEAM } from '@fairway/plugin-gitops-common';
import { manifestFile, type ManifestFile } from '../objects';
import {
  defaultNetworkPolicy,
  guardedNamespace,
  limitRange,
  resourceQuota,
} from '../quota';
import { tenantNamespace, type TenantModel } from './TenantModel';

/** Labels of what the platform has for a team. */
export function tenantLabels(
  model: TenantModel,
  environment?: string,
): Record<string, string> {
  return {
    'app.kubernetes.io/managed-by': 'fairway',
    [LABEL_TEAM]: model.name,
    ...(environment && { [LABEL_ENVIRONMENT]: environment }),
  };
}

/** Each namespace of a team with what limits it: the platform's, so that no team changes it. */
export function tenantNamespaces(
  model: TenantModel,
  folder: string,
): ManifestFile[] {
  return model.environments.flatMap(environment => {
    const namespace = tenantNamespace(model, environment);
    const labels = tenantLabels(model, environment);
    const guard = { namespace, labels };
    const path = `${folder}/${environment}`;
    return [
      manifestFile(
        `${path}/namespace.yaml`,
        guardedNamespace(namespace, {
          labels,
          podSecurity: model.podSecurity,
        }),
      ),
      manifestFile(
        `${path}/resourcequota.yaml`,
        resourceQuota(model.quota, guard),
      ),
      manifestFile(`${path}/limitrange.yaml`, limitRange(guard)),
      manifestFile(`${path}/networkpolicy.yaml`, defaultNetworkPolicy(guard)),
    ];
  });
}
