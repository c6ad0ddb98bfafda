import type { PolicyDetails } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type FactSubject,
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
  toResult,
  toSeverity,
  toSubject,
  type SubjectResult,
} from './policyFacts';
import { groupOf, readIdentity } from './readRef';

/**
 * Results of policies, of wgpolicyk8s.io and openreports.io alike. A report with a scope is about
 * one object and one fact; one without is a fact for each object that its results name.
 */
export function observePolicyReport(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation[] {
  const fields = ObjectFields.of(object);
  const identity = readIdentity(object, context);
  const scope = readSubject(fields.object('scope'));
  const results = fields
    .list('results')
    .flatMap(result => readResults(result, scope));
  const source =
    fields.string('source') ??
    fields
      .list('results')
      .find(result => result.string('source'))
      ?.string('source');
  const about = { identity, source };
  if (scope) {
    const reported = readSummary(fields, results);
    return [toFact(about, { results, subject: scope, summary: reported })];
  }
  const { groups, omitted } = groupBySubject(results);
  const rest = results.filter(({ subject }) => !subject);
  const facts = groups.map(group => toFact(about, group));
  if (facts.length > 0 && rest.length === 0 && omitted === 0) {
    return facts;
  }
  const summary = facts.length > 0 ? undefined : readSummary(fields, rest);
  return [toFact(about, { results: rest, summary, omitted }), ...facts];
}

interface About {
  identity: Pick<FactObservation, 'type' | 'ref' | 'labels'>;
  source?: string;
}

function toFact(
  { identity, source }: About,
  options: {
    results: readonly SubjectResult[];
    subject?: FactSubject;
    part?: string;
    /** Counts by the report itself; it may leave out results that passed. */
    summary?: PolicyDetails['summary'];
    omitted?: number;
  },
): FactObservation {
  const { results, subject, part, omitted } = options;
  const summary = options.summary ?? summarize(results);
  const findings = findingsOf(results);
  const details: PolicyDetails = {
    source,
    ...(subject ? { subject: toPolicySubject(subject) } : {}),
    summary,
    ...findings,
    ...(omitted ? { omittedSubjects: omitted } : {}),
  };
  const { namespace } = identity.ref;
  const of = subject
    ? `${subject.kind} ${subject.name}`
    : `the ${namespace ? 'namespace' : 'cluster'}`;
  const bad = summary.fail + summary.error;
  return {
    ...identity,
    kind: 'policy',
    ...(part === undefined ? {} : { part }),
    ...(subject ? { subject } : {}),
    targetNamespace: (subject && namespaceOf(subject)) ?? namespace,
    title: `Policies of ${of}: ${summary.pass} pass, ${bad} fail`,
    health: healthOf(summary),
    message: messageOf(findings),
    details: { ...details },
  };
}

function readResults(
  result: ObjectFields,
  scope: FactSubject | undefined,
): SubjectResult[] {
  const outcome = toResult(result.string('result'));
  if (!outcome) {
    return [];
  }
  const said: SubjectResult = {
    policy: result.string('policy') ?? 'a policy without a name',
    rule: result.string('rule'),
    result: outcome,
    severity: toSeverity(result.string('severity')),
    message: result.message('message') ?? result.message('description'),
  };
  if (scope) {
    return [{ ...said, subject: scope }];
  }
  const subjects = [...result.list('resources'), ...result.list('subjects')]
    .map(readSubject)
    .filter(subject => subject !== undefined);
  return subjects.length > 0
    ? subjects.map(subject => ({ ...said, subject }))
    : [said];
}

function readSubject(resource: ObjectFields): FactSubject | undefined {
  return toSubject({
    group: groupOf(resource.string('apiVersion')),
    kind: resource.string('kind'),
    namespace: resource.string('namespace'),
    name: resource.string('name'),
  });
}

function readSummary(
  fields: ObjectFields,
  results: readonly SubjectResult[],
): PolicyDetails['summary'] {
  const reported = fields.object('summary');
  const counted = summarize(results);
  return {
    fail: reported.number('fail') ?? counted.fail,
    error: reported.number('error') ?? counted.error,
    warn: reported.number('warn') ?? counted.warn,
    pass: reported.number('pass') ?? counted.pass,
    skip: reported.number('skip') ?? counted.skip,
  };
}
