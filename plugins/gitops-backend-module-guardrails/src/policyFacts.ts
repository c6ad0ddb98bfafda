import type {
  PolicyDetails,
  PolicyFinding,
  PolicyResult,
  PolicySeverity,
  PolicySubject,
} from '@fairway/plugin-gitops-common';
import {
  isObjectName,
  type FactObservation,
  type FactSubject,
} from '@fairway/plugin-gitops-node';

/** Findings that a fact names; a report of a whole namespace can have thousands. */
const MAX_FINDINGS = 20;

/** Objects of one report or constraint that get a fact of their own. */
const MAX_SUBJECTS = 200;

const RESULTS: PolicyResult[] = ['fail', 'error', 'warn', 'pass', 'skip'];
const SEVERITIES: PolicySeverity[] = [
  'critical',
  'high',
  'medium',
  'low',
  'info',
];

/** One result of a policy about one object. */
export interface SubjectResult {
  policy: string;
  rule?: string;
  result: PolicyResult;
  severity?: PolicySeverity;
  message?: string;
  /** Absent when the result names no object. */
  subject?: FactSubject;
}

/** The result of that name, if it is one. */
export function toResult(text: string | undefined): PolicyResult | undefined {
  return RESULTS.find(result => result === text);
}

/** The severity of that name, if it is one. */
export function toSeverity(
  text: string | undefined,
): PolicySeverity | undefined {
  return SEVERITIES.find(severity => severity === text);
}

/** What a result is about; undefined when it names nothing that can be. */
export function toSubject(
  subject: Partial<FactSubject>,
): FactSubject | undefined {
  const { group, kind, namespace, name } = subject;
  return kind && name && [name, namespace || name].every(isObjectName)
    ? {
        ...(group === undefined ? {} : { group }),
        kind,
        ...(namespace ? { namespace } : {}),
        name,
      }
    : undefined;
}

/** A subject as details name it. */
export function toPolicySubject(subject: FactSubject): PolicySubject {
  const { kind, namespace, name } = subject;
  return { kind, ...(namespace ? { namespace } : {}), name };
}

/** Counts the results by their kind. */
export function summarize(
  results: readonly SubjectResult[],
): PolicyDetails['summary'] {
  const summary = { fail: 0, error: 0, warn: 0, pass: 0, skip: 0 };
  results.forEach(({ result }) => {
    summary[result] += 1;
  });
  return summary;
}

/** What the policies found fault with, worst first, as many as a fact names. */
export function findingsOf(
  results: readonly SubjectResult[],
): Pick<PolicyDetails, 'findings' | 'omittedFindings'> {
  const rank = ({ result, severity }: SubjectResult) =>
    RESULTS.indexOf(result) * 10 +
    (severity ? SEVERITIES.indexOf(severity) : SEVERITIES.length);
  const faults = results
    .filter(isFault)
    .sort((left, right) => rank(left) - rank(right));
  const findings = faults
    .slice(0, MAX_FINDINGS)
    .map(({ subject, ...finding }) => ({
      ...finding,
      ...(subject ? { resource: toPolicySubject(subject) } : {}),
    }));
  const omittedFindings = faults.length - findings.length;
  return { findings, ...(omittedFindings > 0 ? { omittedFindings } : {}) };
}

function isFault(
  result: SubjectResult,
): result is SubjectResult & Pick<PolicyFinding, 'result'> {
  return ['fail', 'error', 'warn'].includes(result.result);
}

/** Health by counts: warnings ask for attention and break nothing; skipped rules say nothing. */
export function healthOf(
  summary: PolicyDetails['summary'],
): FactObservation['health'] {
  if (summary.fail + summary.error > 0) {
    return 'degraded';
  }
  return summary.pass + summary.warn > 0 ? 'healthy' : 'unknown';
}

/** The worst finding, in one line. */
export function messageOf(
  details: Pick<PolicyDetails, 'findings' | 'omittedFindings'>,
): string | undefined {
  const { findings, omittedFindings = 0 } = details;
  const [first] = findings;
  if (!first) {
    return undefined;
  }
  const rule = [first.policy, first.rule].filter(Boolean).join('/');
  const more = findings.length - 1 + omittedFindings;
  return `${rule}: ${first.message ?? 'violated'}${
    more > 0 ? ` (and ${more} more)` : ''
  }`;
}

/** The results about one object. */
export interface SubjectGroup {
  /** Stable, and distinct among the groups. */
  part: string;
  subject: FactSubject;
  results: SubjectResult[];
}

/**
 * The results by the object that they name, the objects with the worst results first, as many as
 * get a fact of their own.
 */
export function groupBySubject(results: readonly SubjectResult[]): {
  groups: SubjectGroup[];
  /** Objects that were left out. */
  omitted: number;
} {
  const byPart = new Map<string, SubjectGroup>();
  for (const result of results) {
    const { subject } = result;
    if (subject) {
      const { group = '', kind, namespace = '', name } = subject;
      const part = [group, kind, namespace, name].join('/');
      const known = byPart.get(part) ?? { part, subject, results: [] };
      known.results.push(result);
      byPart.set(part, known);
    }
  }
  const worst = (group: SubjectGroup) =>
    Math.min(...group.results.map(({ result }) => RESULTS.indexOf(result)));
  const ordered = [...byPart.values()].sort(
    (left, right) =>
      worst(left) - worst(right) || (left.part < right.part ? -1 : 1),
  );
  const groups = ordered.slice(0, MAX_SUBJECTS);
  return { groups, omitted: ordered.length - groups.length };
}

/** The namespace whose services an object concerns; a namespace concerns those in it. */
export function namespaceOf(subject: FactSubject): string | undefined {
  return (
    subject.namespace ??
    (subject.kind === 'Namespace' ? subject.name : undefined)
  );
}
