import type {
  Fact,
  PolicyFinding,
  PolicySeverity,
  PolicySubject,
} from '@fairway/plugin-gitops-common';
import { FactFields } from './FactFields';
import { oldestStale } from './factTime';
import type { Place } from './places';

/** Worst first. */
export const SEVERITIES: readonly PolicySeverity[] = [
  'critical',
  'high',
  'medium',
  'low',
  'info',
];

const RESULTS: readonly PolicyFinding['result'][] = ['fail', 'error', 'warn'];

/** A finding with the places where it was found. */
export interface PlacedFinding extends PolicyFinding {
  /** Distinct among the findings. */
  key: string;
  places: Place[];
  /** ISO time since when it may be out of date. */
  staleSince?: string;
}

/** What the policies say of a service. */
export interface PolicyState {
  /** Worst first; what is said of the same object in several environments is one. */
  findings: PlacedFinding[];
  /** Findings that the reports have beside those. */
  omitted: number;
  /** Checks that were passed. */
  passed: number;
  /** ISO time since when that may be out of date. */
  staleSince?: string;
  /** Facts that are in trouble and name no finding: an audit that does not run, for example. */
  silent: Fact[];
  /** How many facts there are. */
  known: number;
}

function readSubject(subject: FactFields): PolicySubject | undefined {
  const kind = subject.string('kind');
  const name = subject.string('name');
  return kind && name
    ? { kind, name, namespace: subject.string('namespace') }
    : undefined;
}

function findingsOf(fact: Fact): PlacedFinding[] {
  const fields = FactFields.of(fact.details);
  const subject = readSubject(fields.object('subject'));
  return fields.list('findings').map(finding => {
    const placed = {
      policy: finding.string('policy') ?? fact.ref.name,
      rule: finding.string('rule'),
      result: finding.oneOf('result', RESULTS) ?? 'fail',
      severity: finding.oneOf('severity', SEVERITIES),
      message: finding.string('message'),
      resource: readSubject(finding.object('resource')) ?? subject,
    };
    const { resource, ...said } = placed;
    return {
      ...placed,
      places: [{ environment: fact.environment, cluster: fact.ref.cluster }],
      staleSince: fact.staleSince,
      key: JSON.stringify([
        ...Object.values(said),
        ...[resource?.kind, resource?.name],
      ]),
    };
  });
}

/** Each environment has the same objects, and mostly the same faults: one line for all of them. */
function oncePerObject(findings: readonly PlacedFinding[]): PlacedFinding[] {
  const byKey = new Map<string, PlacedFinding>();
  for (const finding of findings) {
    const known = byKey.get(finding.key);
    byKey.set(finding.key, {
      ...finding,
      places: [...(known?.places ?? []), ...finding.places],
      staleSince: oldestStale(known ? [known, finding] : [finding]),
    });
  }
  return [...byKey.values()];
}

/** A policy without a severity counts as one of medium severity, as policies do by default. */
function rank({ severity = 'medium', result }: PolicyFinding): number {
  return SEVERITIES.indexOf(severity) * 10 + RESULTS.indexOf(result);
}

/** Reads the facts of kind `policy`. */
export function readPolicies(facts: readonly Fact[]): PolicyState {
  const policies = facts.filter(({ kind }) => kind === 'policy');
  const findings = oncePerObject(policies.flatMap(findingsOf));
  const sum = (read: (fields: FactFields) => number | undefined) =>
    policies.reduce(
      (total, { details }) => total + (read(FactFields.of(details)) ?? 0),
      0,
    );
  return {
    findings: findings.sort((a, b) => rank(a) - rank(b)),
    omitted: sum(fields => fields.number('omittedFindings')),
    passed: sum(fields => fields.object('summary').number('pass')),
    staleSince: oldestStale(policies),
    silent: policies.filter(
      ({ health, details }) =>
        health !== 'healthy' &&
        FactFields.of(details).list('findings').length === 0 &&
        // A report of skipped rules alone is no trouble.
        !isSkipped(details),
    ),
    known: policies.length,
  };
}

function isSkipped(details: Fact['details']): boolean {
  const summary = FactFields.of(details).object('summary');
  return (summary.number('skip') ?? 0) > 0;
}
