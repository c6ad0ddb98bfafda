import { InputError } from '@backstage/errors';
import { YamlText } from '../edit';
import { TRIAL_CONDITION } from './kyvernoPolicies';
import { LABEL_TRIAL } from './policyCatalog';

/**
 * The text of a policy that acts from now on: what reported refuses, and what acted on trial acts
 * on everything. The rest of the file stays as it is.
 *
 * @throws InputError when the policy is built in a way that nobody but its author can enforce
 */
export function enforcePolicy(
  text: string,
  options: { file: string; where: (value: unknown) => boolean },
): string {
  const yaml = YamlText.parse(text, {
    name: options.file,
    where: options.where,
  });
  switch (yaml.get(['kind'])) {
    case 'ValidatingPolicy':
      enforceValidatingPolicy(yaml);
      break;
    case 'GeneratingPolicy':
      endTrial(yaml, 'matchConditions');
      break;
    case 'DeletingPolicy':
      endTrial(yaml, 'conditions');
      break;
    case 'ClusterPolicy':
      enforceClusterPolicy(yaml);
      break;
    case 'ClusterCleanupPolicy':
      endSelectorTrials(yaml, ['spec', 'match']);
      break;
    default:
      enforceConstraint(yaml, options.file);
  }
  return yaml.toString();
}

function enforceValidatingPolicy(yaml: YamlText): void {
  const actions = yaml.get(['spec', 'validationActions']);
  if (!Array.isArray(actions) || !actions.includes('Deny')) {
    yaml.set(['spec', 'validationActions'], ['Deny']);
  }
  closeWhenAway(yaml);
}

/** A rule that can be passed by while its engine is away is none. */
function closeWhenAway(yaml: YamlText): void {
  if (yaml.get(['spec', 'failurePolicy']) === 'Ignore') {
    yaml.set(['spec', 'failurePolicy'], 'Fail');
  }
}

function endTrial(yaml: YamlText, field: string): void {
  const conditions = yaml.get(['spec', field]);
  const index = Array.isArray(conditions)
    ? conditions.findIndex(item => item?.name === TRIAL_CONDITION)
    : -1;
  if (index >= 0) {
    yaml.delete(['spec', field, index]);
  }
}

function enforceClusterPolicy(yaml: YamlText): void {
  const rules = yaml.get(['spec', 'rules']);
  const list = Array.isArray(rules) ? rules : [];
  let isSaidByRules = false;
  list.forEach((rule, index) => {
    const at = ['spec', 'rules', index];
    if (rule?.validate?.failureAction !== undefined) {
      yaml.set([...at, 'validate', 'failureAction'], 'Enforce');
      isSaidByRules = true;
    }
    endSelectorTrials(yaml, [...at, 'match']);
  });
  const isValidating = list.some(rule => rule?.validate);
  const general = yaml.get(['spec', 'validationFailureAction']);
  if (isValidating && (general !== undefined || !isSaidByRules)) {
    yaml.set(['spec', 'validationFailureAction'], 'Enforce');
  }
  if (isValidating) {
    closeWhenAway(yaml);
  }
}

function endSelectorTrials(
  yaml: YamlText,
  match: ReadonlyArray<string | number>,
): void {
  const any = yaml.get([...match, 'any']);
  (Array.isArray(any) ? any : []).forEach((_item, index) => {
    const selector = [...match, 'any', index, 'resources', 'selector'];
    yaml.delete([...selector, 'matchLabels', LABEL_TRIAL]);
    for (const path of [[...selector, 'matchLabels'], selector]) {
      const left = yaml.get(path);
      if (
        typeof left === 'object' &&
        left !== null &&
        Object.keys(left).length === 0
      ) {
        yaml.delete(path);
      }
    }
  });
}

function enforceConstraint(yaml: YamlText, file: string): void {
  const at = ['spec', 'enforcementAction'];
  const action = yaml.get(at);
  if (action === 'scoped') {
    throw new InputError(
      `${file} says "scoped": each of its enforcement points has an action of its own; change it by hand`,
    );
  }
  // Without an action Gatekeeper denies.
  if (action !== undefined) {
    yaml.set(at, 'deny');
  }
}
