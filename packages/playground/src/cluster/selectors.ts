import { KubernetesObject } from '../types';
import { valueAt } from './json';
import { ResourceDefinition } from './resources';
import { badRequest } from './StatusError';

/** Says whether an object is selected. */
export type Selector = (object: KubernetesObject) => boolean;

const KEY =
  '(?:[a-zA-Z0-9](?:[-a-zA-Z0-9.]*[a-zA-Z0-9])?/)?[a-zA-Z0-9](?:[-_.a-zA-Z0-9]*[a-zA-Z0-9])?';
const VALUE = '(?:[a-zA-Z0-9](?:[-_.a-zA-Z0-9]*[a-zA-Z0-9])?)?';
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const COMPARISON = new RegExp(`^(${KEY})\\s*(>|<)\\s*(-?\\d+)$`);
const EXISTENCE = new RegExp(`^(!?)\\s*(${KEY})$`);
const ONLY_VALUE = new RegExp(`^${VALUE}$`);

type LabelTest = (labels: Record<string, string>) => boolean;

/**
 * A label selector: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`,
 * `a>1`, `a<1`, joined by commas. As in Kubernetes, `!=` and `notin` also select what
 * does not have the label.
 *
 * @throws a 400 Status when the text is no selector
 */
export function parseLabelSelector(text: string | null): Selector {
  const tests = splitOutsideParentheses(text ?? '').map(parseRequirement);
  return object => {
    const labels = object.metadata.labels ?? {};
    return tests.every(test => test(labels));
  };
}

function parseRequirement(requirement: string): LabelTest {
  const set = SET.exec(requirement);
  if (set) {
    const [, key, operator, list] = set;
    const values = list.split(',').map(value => value.trim());
    if (values.every(value => ONLY_VALUE.test(value))) {
      return operator === 'in'
        ? labels => key in labels && values.includes(labels[key])
        : labels => !(key in labels && values.includes(labels[key]));
    }
  }
  const equality = EQUALITY.exec(requirement);
  if (equality) {
    const [, key, operator, value] = equality;
    return operator === '!='
      ? labels => labels[key] !== value
      : labels => labels[key] === value;
  }
  const comparison = COMPARISON.exec(requirement);
  if (comparison) {
    const [, key, operator, limit] = comparison;
    return labels => {
      const value = Number(labels[key] ?? NaN);
      return operator === '>' ? value > Number(limit) : value < Number(limit);
    };
  }
  const existence = EXISTENCE.exec(requirement);
  if (existence) {
    const [, not, key] = existence;
    return labels => key in labels !== Boolean(not);
  }
  throw badRequest(
    `unable to parse requirement: ${JSON.stringify(requirement)}`,
  );
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    depth += character === '(' ? 1 : 0;
    depth -= character === ')' ? 1 : 0;
    if (character === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else {
      part += character;
    }
  }
  parts.push(part);
  const trimmed = parts.map(entry => entry.trim());
  return trimmed.length === 1 && trimmed[0] === '' ? [] : trimmed;
}

/**
 * A field selector: `path=value`, `path==value`, `path!=value`, joined by commas, for
 * the fields that the kind offers. A missing field has the value of the empty string.
 *
 * @throws a 400 Status for another field or what is no selector
 */
export function parseFieldSelector(
  text: string | null,
  resource: ResourceDefinition,
): Selector {
  const known = new Set([
    'metadata.name',
    ...(resource.namespaced ? ['metadata.namespace'] : []),
    ...resource.selectableFields,
  ]);
  const tests = (text ? text.split(',') : []).map(part => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part.trim());
    if (!match) {
      throw badRequest(
        `invalid selector: ${JSON.stringify(
          part,
        )}; can't understand ${JSON.stringify(part)}`,
      );
    }
    const [, path, operator, value] = match;
    if (!known.has(path)) {
      throw badRequest(`field label not supported: ${path}`);
    }
    return (object: KubernetesObject) =>
      (String(valueAt(object, path) ?? '') === value) === (operator !== '!=');
  });
  return object => tests.every(test => test(object));
}
