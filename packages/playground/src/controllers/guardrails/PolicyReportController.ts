import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { differs } from '../objects/differs';
import { DEPLOYMENT, kindOf, POLICY_REPORT } from '../objects/kinds';
import { Reconciler } from '../Reconciler';
import { ownedBy } from '../workloads/owners';
import { evaluateRules } from './policyRules';

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
  const results = evaluateRules(workload);
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
