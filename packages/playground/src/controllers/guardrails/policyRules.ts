import type { KubernetesObject } from '../../types';

/** What a rule of the stand-in says of a workload. */
export interface RuleResult {
  policy: string;
  rule: string;
  result: 'pass' | 'fail';
  severity: 'high' | 'medium' | 'low';
  category: string;
  message: string;
}

interface Rule extends Pick<RuleResult, 'policy' | 'rule' | 'severity'> {
  category: string;
  /** What the author of the policy says to those who violate it. */
  message: string;
  /** Path of the first field that is wrong; undefined when all is well. */
  violation(workload: KubernetesObject): string | undefined;
}

const CONTAINERS = '/spec/template/spec/containers';

interface Container {
  image?: string;
  livenessProbe?: object;
  readinessProbe?: object;
  resources?: {
    requests?: Record<string, string>;
    limits?: Record<string, string>;
  };
  securityContext?: { privileged?: boolean };
}

/** Path of the first container that is wrong. */
function firstContainer(
  workload: KubernetesObject,
  isWrong: (container: Container) => boolean,
  field: string,
): string | undefined {
  const containers = workload.spec.template?.spec?.containers ?? [];
  const index = containers.findIndex(isWrong);
  return index < 0 ? undefined : `${CONTAINERS}/${index}/${field}/`;
}

function isLatest(image = ''): boolean {
  const name = image.split('/').at(-1) ?? '';
  return !image.includes('@') && /^[^:]+(:latest)?$/.test(name);
}

/** Three policies as a platform team would write them first. */
const RULES: Rule[] = [
  {
    policy: 'require-team-label',
    rule: 'check-team',
    severity: 'low',
    category: 'Ownership',
    message: "the label 'team' says who is called at night",
    violation: ({ metadata }) =>
      metadata.labels?.team ? undefined : '/metadata/labels/team/',
  },
  {
    policy: 'require-memory-limits',
    rule: 'validate-limits',
    severity: 'medium',
    category: 'Reliability',
    message: 'a container needs a limit of memory',
    violation: workload =>
      firstContainer(
        workload,
        ({ resources }) => !resources?.limits?.memory,
        'resources/limits',
      ),
  },
  {
    policy: 'disallow-latest-tag',
    rule: 'validate-image-tag',
    severity: 'high',
    category: 'Reliability',
    message: 'an image needs a tag other than latest, or a digest',
    violation: workload =>
      firstContainer(workload, ({ image }) => isLatest(image), 'image'),
  },
];

/** The rules of policies that somebody may add: nothing here reads CEL. */
const RULES_BY_POLICY: Record<string, Rule['violation'] | undefined> = {
  'disallow-privileged-containers': workload =>
    firstContainer(
      workload,
      ({ securityContext }) => securityContext?.privileged === true,
      'securityContext/privileged',
    ),
  'require-requests-and-limits': workload =>
    firstContainer(
      workload,
      ({ resources: { requests, limits } = {} }) =>
        !(requests?.cpu && requests.memory && limits?.memory),
      'resources',
    ),
  'require-probes': workload =>
    firstContainer(
      workload,
      ({ livenessProbe, readinessProbe }) => !livenessProbe || !readinessProbe,
      'readinessProbe',
    ),
};

/** What a policy of the cluster checks, if it is one that is known here. */
function ruleOf({ metadata, spec }: KubernetesObject): Rule[] {
  const { name, annotations } = metadata;
  const violation = RULES_BY_POLICY[name];
  const about = (what: string) => annotations?.[`policies.kyverno.io/${what}`];
  const severity = about('severity');
  return violation
    ? [
        {
          ...{ policy: name, rule: name, violation },
          severity:
            severity === 'high' || severity === 'low' ? severity : 'medium',
          category: about('category') ?? '',
          message:
            spec.validations?.[0]?.message ??
            spec.rules?.[0]?.validate?.message ??
            name,
        },
      ]
    : [];
}

/** What every rule says of a workload, in the words that Kyverno uses in its reports. */
export function evaluateRules(
  workload: KubernetesObject,
  policies: readonly KubernetesObject[] = [],
): RuleResult[] {
  const rules = [...RULES, ...policies.flatMap(ruleOf)];
  return rules.map(({ violation, message, ...rule }) => {
    const path = violation(workload);
    return {
      ...rule,
      ...(path === undefined
        ? {
            result: 'pass' as const,
            message: `validation rule '${rule.rule}' passed.`,
          }
        : {
            result: 'fail' as const,
            message: `validation error: ${message}. rule ${rule.rule} failed at path ${path}`,
          }),
    };
  });
}
