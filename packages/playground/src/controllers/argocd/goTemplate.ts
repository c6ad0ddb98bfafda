/** What a generator knows of one application: texts, and maps and lists of them. */
export type Parameters = { [name: string]: ParameterValue };
type ParameterValue = string | number | ParameterValue[] | Parameters;

const ACTION = /\{\{-?\s*(.*?)\s*-?\}\}/g;
const FIELD = /^(\.[A-Za-z_][A-Za-z0-9_]*)+$/;
const INDEXED = /^index\s+((?:\.[A-Za-z_][A-Za-z0-9_]*)+)\s+(\d+)$/;

/**
 * Fills in every text of a template, as an ApplicationSet with `goTemplate` does.
 *
 * STAND-IN: fields and `index` only; functions and blocks are refused.
 *
 * @throws Error - in the words of Go's template package, for what is missing.
 */
export function renderTemplate<T>(template: T, parameters: Parameters): T {
  if (typeof template === 'string') {
    return template.replace(ACTION, (_, action: string) =>
      String(evaluate(action, parameters)),
    ) as T;
  }
  if (Array.isArray(template)) {
    return template.map(item => renderTemplate(item, parameters)) as T;
  }
  if (typeof template === 'object' && template !== null) {
    return Object.fromEntries(
      Object.entries(template).map(([name, value]) => [
        renderTemplate(name, parameters),
        renderTemplate(value, parameters),
      ]),
    ) as T;
  }
  return template;
}

function evaluate(action: string, parameters: Parameters): ParameterValue {
  if (FIELD.test(action)) {
    return fieldOf(action, parameters);
  }
  const [, list, place] = INDEXED.exec(action) ?? [];
  const items = list && fieldOf(list, parameters);
  if (Array.isArray(items) && items[Number(place)] !== undefined) {
    return items[Number(place)];
  }
  throw new Error(
    `failed to execute go template: the playground knows fields and "index" only, not "${action}"`,
  );
}

function fieldOf(path: string, parameters: Parameters): ParameterValue {
  let value: ParameterValue = parameters;
  for (const name of path.slice(1).split('.')) {
    const next: ParameterValue | undefined =
      typeof value === 'object' && !Array.isArray(value)
        ? value[name]
        : undefined;
    if (next === undefined) {
      throw new Error(
        `failed to execute go template: template: :1:2: executing "" at <${path}>: map has no entry for key "${name}"`,
      );
    }
    value = next;
  }
  return value;
}
