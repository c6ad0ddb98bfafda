import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { timestamp } from '../objects/conditions';
import {
  DEPLOYMENT,
  groupOf,
  REQUIRED_LABELS,
  versionOf,
} from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { queueKey, Reconciler } from '../Reconciler';

/** Gatekeeper lists so many; the total counts all. */
const LISTED_VIOLATIONS = 20;

/** Stands in for Gatekeeper's audit of the one constraint kind that the cluster has. */
export function createConstraintController(
  context: ControllerContext,
): Controller {
  const { cluster } = context;
  return new Reconciler({
    ...context,
    name: 'gatekeeper-audit',
    kind: REQUIRED_LABELS,
    watches: [
      {
        kind: DEPLOYMENT,
        keys: () =>
          cluster
            .list(REQUIRED_LABELS)
            .map(({ metadata }) => queueKey(metadata)),
      },
    ],
    reconcile: constraint => audit(context, constraint),
  });
}

function audit(
  { cluster, timing }: ControllerContext,
  constraint: KubernetesObject,
): number {
  const { metadata, spec, status } = constraint;
  const required: string[] = spec.parameters?.labels ?? [];
  const excluded: string[] = spec.match?.excludedNamespaces ?? [];
  const enforcementAction = spec.enforcementAction ?? 'deny';
  const violations = cluster
    .list(DEPLOYMENT)
    .filter(({ metadata: { namespace = '' } }) => !excluded.includes(namespace))
    .flatMap(workload => {
      const labels = workload.metadata.labels ?? {};
      const missing = required.filter(name => labels[name] === undefined);
      const { namespace, name } = workload.metadata;
      const { kind } = workload;
      return missing.length === 0
        ? []
        : [
            {
              ...{ enforcementAction, kind, namespace, name },
              group: groupOf(workload),
              version: versionOf(workload),
              message: `you must provide labels: {${missing
                .map(label => `"${label}"`)
                .join(', ')}}`,
            },
          ];
    })
    .sort((left, right) =>
      `${left.namespace}/${left.name}`.localeCompare(
        `${right.namespace}/${right.name}`,
      ),
    );
  const next = {
    byPod: [
      {
        constraintUID: metadata.uid,
        ...{ enforced: true, id: 'gatekeeper-audit-0' },
        observedGeneration: metadata.generation,
        operations: ['audit', 'status'],
      },
    ],
    totalViolations: violations.length,
    violations: violations.slice(0, LISTED_VIOLATIONS),
  };
  const age = Date.now() - Date.parse(status?.auditTimestamp ?? '');
  const isDue = !(age < timing.guardrailMs);
  const { auditTimestamp, ...before } = status ?? {};
  const isSame = JSON.stringify(before) === JSON.stringify(next);
  if (!isSame || isDue) {
    writeStatus(cluster, constraint, { ...next, auditTimestamp: timestamp() });
  }
  return isDue ? timing.guardrailMs : timing.guardrailMs - age;
}
