import type { PolicyDetails } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readCondition, readIdentity } from './readRef';

/** Without it a policy is enforced, and what runs already is not checked. */
const REPORTING = 'RBACPermissionsGranted';

/** A message that names more is not read. */
const MAX_REASONS = 4;

/**
 * A Kyverno policy that is not ready: it guards nothing, or is not reported, and its reports say
 * nothing of that. A policy that works is seen by its reports, and is no fact.
 */
export function observeKyvernoPolicy(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation[] {
  const status = ObjectFields.of(object).object('status');
  // policies.kyverno.io has the first form, kyverno.io the second.
  const current = status.object('conditionStatus');
  const failing = [
    ...current.list('conditions'),
    readCondition(status, 'Ready'),
  ]
    .filter(condition => condition.string('status') === 'False')
    .slice(0, MAX_REASONS);
  const isReady =
    current.boolean('ready') ??
    (readCondition(status, 'Ready').string('status') ?? 'True') === 'True';
  if (isReady) {
    return [];
  }
  const identity = readIdentity(object, context);
  const said = failing
    .map(
      condition => condition.message('message') ?? condition.string('reason'),
    )
    .filter(text => text !== undefined);
  const details: PolicyDetails = {
    source: 'kyverno',
    summary: { fail: 0, error: 1, warn: 0, pass: 0, skip: 0 },
    findings: [
      {
        policy: identity.ref.name,
        result: 'error',
        ...(said.length > 0 ? { message: said.join('; ') } : {}),
      },
    ],
  };
  return [
    {
      ...identity,
      kind: 'policy',
      targetNamespace: identity.ref.namespace,
      title: `${object.kind} ${identity.ref.name} is not ready`,
      health: 'degraded',
      message: explain(failing, said),
      details: { ...details },
    },
  ];
}

function explain(failing: readonly ObjectFields[], said: string[]): string {
  const why = said.join('; ');
  const isUnreported =
    failing.length > 0 &&
    failing.every(condition => condition.string('type') === REPORTING);
  return isUnreported
    ? `It is enforced, and nothing is reported of what runs already: ${why}; grant the permissions to Kyverno's reports controller`
    : `It guards nothing: ${
        why || 'Kyverno does not say why; look at its YAML'
      }`;
}
