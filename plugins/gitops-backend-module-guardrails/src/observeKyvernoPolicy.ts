import type { PolicyDetails } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readCondition, readIdentity } from './readRef';

/** A message that names more is not read. */
const MAX_REASONS = 4;

/**
 * A Kyverno policy that is not ready: it guards nothing, and its reports say nothing of that.
 * A policy that works is seen by its reports, and is no fact.
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
      message: `It guards nothing: ${
        said.join('; ') || 'Kyverno does not say why; look at its YAML'
      }`,
      details: { ...details },
    },
  ];
}
