import type {
  FactObservation,
  GitopsObserver,
  KubernetesObject,
  ObservedResource,
  ObserverContext,
} from '@fairway/plugin-gitops-node';
import { observeBackupSchedule } from './observeBackupSchedule';
import { observeExternalSecret } from './observeExternalSecret';
import { observePolicyReport } from './observePolicyReport';

type ObserveFact = (
  object: KubernetesObject,
  context: ObserverContext,
) => FactObservation;

/** What observes an object, by `kind` and group; `Schedule` alone would be ambiguous. */
const OBSERVE: Record<string, ObserveFact> = {
  'PolicyReport.wgpolicyk8s.io': observePolicyReport,
  'ClusterPolicyReport.wgpolicyk8s.io': observePolicyReport,
  'Report.openreports.io': observePolicyReport,
  'ClusterReport.openreports.io': observePolicyReport,
  'ExternalSecret.external-secrets.io': observeExternalSecret,
  'Schedule.velero.io': observeBackupSchedule,
};

/** Maps what a service needs around it to facts: policy results, secrets, backups. */
export class GuardrailsObserver implements GitopsObserver {
  readonly id = 'guardrails';

  readonly resources: ObservedResource[] = [
    {
      group: 'wgpolicyk8s.io',
      versions: ['v1alpha2'],
      kind: 'PolicyReport',
      plural: 'policyreports',
    },
    {
      group: 'wgpolicyk8s.io',
      versions: ['v1alpha2'],
      kind: 'ClusterPolicyReport',
      plural: 'clusterpolicyreports',
    },
    {
      group: 'openreports.io',
      versions: ['v1alpha1'],
      kind: 'Report',
      plural: 'reports',
    },
    {
      group: 'openreports.io',
      versions: ['v1alpha1'],
      kind: 'ClusterReport',
      plural: 'clusterreports',
    },
    {
      group: 'external-secrets.io',
      versions: ['v1', 'v1beta1'],
      kind: 'ExternalSecret',
      plural: 'externalsecrets',
    },
    {
      group: 'velero.io',
      versions: ['v1'],
      kind: 'Schedule',
      plural: 'schedules',
    },
  ];

  observe(
    object: KubernetesObject,
    context: ObserverContext,
  ): FactObservation[] {
    const [group] = object.apiVersion.split('/');
    const observe = OBSERVE[`${object.kind}.${group}`];
    return observe ? [observe(object, context)] : [];
  }
}
