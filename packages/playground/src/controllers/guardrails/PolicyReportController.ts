import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { differs } from '../objects/differs';
import {
  CLUSTER_POLICY,
  DEPLOYMENT,
  kindOf,
  POLICY_REPORT,
  VALIDATING_POLICY,
} from '../objects/kinds';
import { queueKey, Reconciler } from '../Reconciler';
import { ownedBy } from '../workloads/owners';
import { evaluateRules } from './policyRules';

const POLICIES = [VALIDATING_POLICY, CLUSTER_POLICY];

/**
 * Stands in for Kyverno's reports controller: a PolicyReport for each Deployment, named by its
 * uid, which goes with it.
 */
export function createPolicyReportController(
  context: ControllerContext,
): Controller {
  return new Reconciler({
    ...context,
    name: 'kyverno-reports',
    kind: DEPLOYMENT,
    watches: POLICIES.map(kind => ({
      kind,
      keys: () =>
        context.cluster
          .list(DEPLOYMENT)
          .map(({ metadata }) => queueKey(metadata)),
    })),
    reconcile: workload => reconcile(context, workload),
  });
}

function reconcile(
  { cluster }: ControllerContext,
  workload: KubernetesObject,
): undefined {
  const { uid, namespace, name, deletionTimestamp } = workload.metadata;
  if (deletionTimestamp) {
    return;
  }
  const key = { ...POLICY_REPORT, namespace, name: uid! };
  const results = evaluateRules(
    workload,
    POLICIES.flatMap(kind => cluster.list(kind)),
  );
  const count = (result: string) =>
    results.filter(item => item.result === result).length;
  const report: KubernetesObject = {
    ...POLICY_REPORT,
    metadata: {
      ...{ namespace, name: uid! },
      labels: { 'app.kubernetes.io/managed-by': 'kyverno' },
      ownerReferences: ownedBy(workload),
    },
    scope: { ...kindOf(workload), namespace, name, uid },
    summary: {
      ...{ pass: count('pass'), fail: count('fail') },
      ...{ warn: 0, error: 0, skip: 0 },
    },
    results: results.map(result => ({
      ...result,
      scored: true,
      source: 'kyverno',
    })),
  };
  const live = cluster.get(key);
  if (!live || differs(report, live)) {
    cluster.apply(report, 'kyverno');
  }
}
