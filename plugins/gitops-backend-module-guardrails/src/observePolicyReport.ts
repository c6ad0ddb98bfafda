import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readRef } from './readRef';

const RESULTS = ['pass', 'fail', 'warn', 'error', 'skip'] as const;

/** Findings that a report names; a report of a whole namespace can have thousands. */
const MAX_FINDINGS = 20;

/** Results of policies about one object, or about a namespace. Skipped rules say nothing. */
export function observePolicyReport(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation {
  const fields = ObjectFields.of(object);
  const ref = readRef(object, context);
  const scope = fields.object('scope');
  const results = fields.list('results');
  const reported = fields.object('summary');
  const summary = Object.fromEntries(
    RESULTS.map(result => [
      result,
      reported.number(result) ??
        results.filter(item => item.string('result') === result).length,
    ]),
  );
  const findings = results.filter(item =>
    ['fail', 'error', 'warn'].includes(item.string('result') ?? ''),
  );
  const bad = summary.fail + summary.error;
  const scopeKind = scope.string('kind');
  const scopeName = scope.string('name');
  const subject =
    scopeKind && scopeName ? `${scopeKind} ${scopeName}` : 'the namespace';
  const said = summary.pass + summary.warn + bad > 0;
  return {
    type: 'fact',
    kind: 'policy',
    ref,
    labels: fields.object('metadata').record('labels'),
    targetNamespace:
      scope.string('namespace') ??
      (scopeKind === 'Namespace' ? scopeName : undefined) ??
      ref.namespace,
    title: `Policies of ${subject}: ${summary.pass} pass, ${bad} fail`,
    health: healthOf(bad, said),
    message: messageOf(findings),
    details: {
      summary,
      scope: scopeName && { kind: scopeKind, name: scopeName },
      findings: findings.slice(0, MAX_FINDINGS).map(item => ({
        policy: item.string('policy'),
        rule: item.string('rule'),
        result: item.string('result'),
        severity: item.string('severity'),
        message: item.string('message'),
      })),
    },
  };
}

function healthOf(bad: number, said: boolean): FactObservation['health'] {
  if (bad > 0) {
    return 'degraded';
  }
  return said ? 'healthy' : 'unknown';
}

function messageOf(findings: ObjectFields[]): string | undefined {
  const [first] = findings;
  if (!first) {
    return undefined;
  }
  const rule = [first.string('policy'), first.string('rule')]
    .filter(Boolean)
    .join('/');
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return `${rule}: ${first.string('message') ?? 'violated'}${more}`;
}
