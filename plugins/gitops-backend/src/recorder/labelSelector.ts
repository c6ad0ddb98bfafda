/** True when labels satisfy a selector. */
export type LabelPredicate = (labels: Record<string, string>) => boolean;

const SET_TERM = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/;
const EQUALITY_TERM = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/;
const EXISTS_TERM = /^(!?)\s*([^\s=!()]+)$/;

function parseTerm(term: string): LabelPredicate | undefined {
  const set = SET_TERM.exec(term);
  if (set) {
    const [, key, operator, list] = set;
    const values = list.split(',').map(value => value.trim());
    return operator === 'in'
      ? labels => labels[key] !== undefined && values.includes(labels[key])
      : labels => !values.includes(labels[key]);
  }
  const equality = EQUALITY_TERM.exec(term);
  if (equality) {
    const [, key, operator, value] = equality;
    return operator === '!='
      ? labels => labels[key] !== value
      : labels => labels[key] === value;
  }
  const exists = EXISTS_TERM.exec(term);
  if (exists) {
    const [, not, key] = exists;
    return labels => (labels[key] === undefined) === (not === '!');
  }
  return undefined;
}

/**
 * Parses a label selector of Kubernetes: terms with `=`, `==`, `!=`, `in`, `notin`, `key` and
 * `!key`, separated by commas.
 *
 * @returns undefined when it is none, or is empty: an empty selector would match everything
 */
export function parseLabelSelector(text: string): LabelPredicate | undefined {
  const terms = text
    .split(/,(?![^(]*\))/)
    .map(term => term.trim())
    .filter(Boolean)
    .map(parseTerm);
  if (terms.length === 0 || terms.includes(undefined)) {
    return undefined;
  }
  return labels => terms.every(matches => matches!(labels));
}
