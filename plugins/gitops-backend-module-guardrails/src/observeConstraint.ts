import type { PolicyDetails } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import {
  findingsOf,
  groupBySubject,
  healthOf,
  messageOf,
  namespaceOf,
  summarize,
  toPolicySubject,
  toSubject,
  type SubjectResult,
} from './policyFacts';
import { readIdentity } from './readRef';

/**
 * What the audit of a Gatekeeper constraint found: one fact of the constraint itself, and one for
 * each object that violates it. The audit lists the first violations only and counts them all;
 * the time of the audit is left out, because it moves while nothing else does.
 */
export function observeConstraint(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation[] {
  const fields = ObjectFields.of(object);
  const identity = readIdentity(object, context);
  const status = fields.object('status');
  const enforcement =
    fields.object('spec').string('enforcementAction') ?? 'deny';
  const name = `${object.kind} ${object.metadata.name}`;
  const results = readViolations(status, {
    enforcement,
    policy: `${object.kind}/${object.metadata.name}`,
  });
  const { groups, omitted } = groupBySubject(results);
  const details = (
    some: readonly SubjectResult[],
    more: Partial<PolicyDetails> = {},
  ): PolicyDetails => ({
    source: 'gatekeeper',
    enforcement,
    summary: summarize(some),
    ...findingsOf(some),
    ...more,
  });
  const parts = groups.map(({ part, subject, results: own }) => {
    const said = details(own, { subject: toPolicySubject(subject) });
    return {
      ...identity,
      kind: 'policy' as const,
      part,
      subject,
      targetNamespace: namespaceOf(subject),
      title: `${name} is violated by ${subject.kind} ${subject.name}`,
      health: healthOf(said.summary),
      message: messageOf(said),
      details: { ...said },
    };
  });
  const total = Math.max(status.number('totalViolations') ?? 0, results.length);
  const whole = details(results, omitted ? { omittedSubjects: omitted } : {});
  const omittedFindings = total - whole.findings.length;
  return [
    {
      ...identity,
      kind: 'policy',
      title: `${name}: ${total === 1 ? '1 violation' : `${total} violations`}`,
      ...overallHealth({ status, summary: whole.summary, total, enforcement }),
      details: {
        ...whole,
        ...(omittedFindings > 0 ? { omittedFindings } : {}),
      },
    },
    ...parts,
  ];
}

function isHarmless(action: string): boolean {
  return action === 'warn' || action === 'dryrun';
}

/** A violation of what is only tried out or warned about is a warning. */
function readViolations(
  status: ObjectFields,
  options: { enforcement: string; policy: string },
): SubjectResult[] {
  return status.list('violations').map(violation => {
    // Of a scoped constraint the audit names what is done where.
    const scoped = violation.strings('enforcementActions');
    const actions =
      scoped.length > 0
        ? scoped
        : [violation.string('enforcementAction') ?? options.enforcement];
    return {
      policy: options.policy,
      result: actions.every(isHarmless) ? 'warn' : 'fail',
      message: violation.message('message'),
      subject: toSubject({
        group: violation.string('group'),
        kind: violation.string('kind'),
        namespace: violation.string('namespace'),
        name: violation.string('name'),
      }),
    };
  });
}

function overallHealth(options: {
  status: ObjectFields;
  summary: PolicyDetails['summary'];
  total: number;
  enforcement: string;
}): Pick<FactObservation, 'health' | 'message'> {
  const { status, summary, total, enforcement } = options;
  const error = status
    .list('byPod')
    .flatMap(pod => pod.list('errors'))
    .map(item => item.message('message') ?? item.string('code'))
    .find(text => text !== undefined);
  if (error) {
    return {
      health: 'degraded',
      message: `Gatekeeper cannot enforce it: ${error}; repair the constraint or its template in Git`,
    };
  }
  if (!status.has('auditTimestamp') && !status.has('totalViolations')) {
    return {
      health: 'unknown',
      message:
        'Gatekeeper has not audited it yet; if that lasts, look whether its audit runs',
    };
  }
  if (total === 0) {
    return { health: 'healthy' };
  }
  return {
    health:
      summary.fail > 0 || (summary.warn === 0 && !isHarmless(enforcement))
        ? 'degraded'
        : 'healthy',
    message: `${total} ${
      total === 1 ? 'object violates' : 'objects violate'
    } it (${enforcement}); each service shows its own`,
  };
}
