/**
 * What a policy said of an object, worst first: `error` means that it could not be evaluated.
 *
 * @public
 */
export type PolicyResult = 'fail' | 'error' | 'warn' | 'pass' | 'skip';

/**
 * How bad it is when a policy is violated, as its author judges. The words of the policy report
 * API (wgpolicyk8s.io and openreports.io).
 *
 * @public
 */
export type PolicySeverity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** The object that a policy speaks of. @public */
export interface PolicySubject {
  kind: string;
  /** Absent for cluster-scoped objects. */
  namespace?: string;
  name: string;
}

/** One thing that a policy found fault with. @public */
export interface PolicyFinding {
  policy: string;
  rule?: string;
  result: Extract<PolicyResult, 'fail' | 'error' | 'warn'>;
  severity?: PolicySeverity;
  /** In the policy's words. */
  message?: string;
  /** Absent where a report says no more than its namespace. */
  resource?: PolicySubject;
}

/**
 * The details of a fact of kind `policy`: of a policy report, of a constraint's audit, or of a
 * policy that does not work.
 *
 * @public
 */
export interface PolicyDetails {
  /** Who evaluated: `kyverno`, `gatekeeper` or what a report names as its source. */
  source?: string;
  /** The object that all of it is about; absent when it is about several. */
  subject?: PolicySubject;
  /** How many results there are of each kind. */
  summary: Record<PolicyResult, number>;
  /** Worst first. */
  findings: PolicyFinding[];
  /** Findings that there are beside those in `findings`. */
  omittedFindings?: number;
  /** Gatekeeper: what admission does with a violation. */
  enforcement?: string;
  /** Objects that the same report or constraint speaks of and that have no fact of their own. */
  omittedSubjects?: number;
}
