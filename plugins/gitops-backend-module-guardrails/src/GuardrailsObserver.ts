import {
  isObserved,
  type FactObservation,
  type GitopsObserver,
  type KubernetesObject,
  type ObservedResource,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { observeBackup } from './observeBackup';
import { observeBackupLocation } from './observeBackupLocation';
import { observeBackupSchedule } from './observeBackupSchedule';
import { observeConstraint } from './observeConstraint';
import {
  observeClusterExternalSecret,
  observeExternalSecret,
} from './observeExternalSecret';
import { observeKyvernoPolicy } from './observeKyvernoPolicy';
import { observePolicyReport } from './observePolicyReport';
import { observeSecretStore } from './observeSecretStore';

type ObserveFacts = (
  object: KubernetesObject,
  context: ObserverContext,
) => FactObservation[];

const REPORTS = 'wgpolicyk8s.io';
const OPEN_REPORTS = 'openreports.io';
const CONSTRAINTS = 'constraints.gatekeeper.sh';
const KYVERNO = 'policies.kyverno.io';
const LEGACY_KYVERNO = 'kyverno.io';
const SECRETS = 'external-secrets.io';
const VELERO = 'velero.io';

/** What observes an object, by `kind` and group; `Schedule` alone would be ambiguous. */
const OBSERVE: Record<string, ObserveFacts> = {
  [`PolicyReport.${REPORTS}`]: observePolicyReport,
  [`ClusterPolicyReport.${REPORTS}`]: observePolicyReport,
  [`Report.${OPEN_REPORTS}`]: observePolicyReport,
  [`ClusterReport.${OPEN_REPORTS}`]: observePolicyReport,
  [`ClusterPolicy.${LEGACY_KYVERNO}`]: observeKyvernoPolicy,
  [`Policy.${LEGACY_KYVERNO}`]: observeKyvernoPolicy,
  [`ExternalSecret.${SECRETS}`]: observeExternalSecret,
  [`ClusterExternalSecret.${SECRETS}`]: observeClusterExternalSecret,
  [`SecretStore.${SECRETS}`]: observeSecretStore,
  [`ClusterSecretStore.${SECRETS}`]: observeSecretStore,
  [`Schedule.${VELERO}`]: observeBackupSchedule,
  [`Backup.${VELERO}`]: observeBackup,
  [`BackupStorageLocation.${VELERO}`]: observeBackupLocation,
};

/** What observes every kind of a group. */
const OBSERVE_GROUP: Record<string, ObserveFacts> = {
  [CONSTRAINTS]: observeConstraint,
  [KYVERNO]: observeKyvernoPolicy,
};

/** Versions that are read alike, newest first. */
const VERSIONS: Record<string, string[]> = {
  [REPORTS]: ['v1alpha2'],
  [OPEN_REPORTS]: ['v1alpha1'],
  [CONSTRAINTS]: ['v1beta1'],
  [KYVERNO]: ['v1', 'v1beta1', 'v1alpha1'],
  [LEGACY_KYVERNO]: ['v1'],
  [SECRETS]: ['v1', 'v1beta1'],
  [VELERO]: ['v1'],
};

function resource(
  group: string,
  kind: string,
  plural: string,
): ObservedResource {
  return { group, versions: VERSIONS[group], kind, plural };
}

/** Maps what a service needs around it to facts: policy results, secrets, backups. */
export class GuardrailsObserver implements GitopsObserver {
  readonly id = 'guardrails';

  readonly resources: ObservedResource[] = [
    resource(REPORTS, 'PolicyReport', 'policyreports'),
    resource(REPORTS, 'ClusterPolicyReport', 'clusterpolicyreports'),
    resource(OPEN_REPORTS, 'Report', 'reports'),
    resource(OPEN_REPORTS, 'ClusterReport', 'clusterreports'),
    // Each constraint template defines a kind of its own.
    resource(CONSTRAINTS, '*', '*'),
    resource(KYVERNO, '*', '*'),
    resource(LEGACY_KYVERNO, 'ClusterPolicy', 'clusterpolicies'),
    resource(LEGACY_KYVERNO, 'Policy', 'policies'),
    resource(SECRETS, 'ExternalSecret', 'externalsecrets'),
    resource(SECRETS, 'ClusterExternalSecret', 'clusterexternalsecrets'),
    resource(SECRETS, 'SecretStore', 'secretstores'),
    resource(SECRETS, 'ClusterSecretStore', 'clustersecretstores'),
    resource(VELERO, 'Schedule', 'schedules'),
    resource(VELERO, 'Backup', 'backups'),
    resource(VELERO, 'BackupStorageLocation', 'backupstoragelocations'),
  ];

  observe(
    object: KubernetesObject,
    context: ObserverContext,
  ): FactObservation[] {
    if (!isObserved(this.resources, object)) {
      return [];
    }
    const [group] = object.apiVersion.split('/');
    const observe = OBSERVE[`${object.kind}.${group}`] ?? OBSERVE_GROUP[group];
    return observe(object, context);
  }
}
