import { parse, stringify } from 'yaml';
import { KubernetesObject } from '../../types';

/** One set of inputs: `id`, `sha`, `branch` and so on. */
export type Inputs = Record<string, unknown>;

const ACTION = /<<-?\s*(.*?)\s*-?>>/g;

/**
 * The objects that a ResourceSet makes for one set of inputs. As the Flux Operator does, it fills
 * in the text of each and reads that: what looks like a number becomes one, unless it is quoted.
 *
 * STAND-IN: of the functions, `quote`, `trunc` and `toLower`.
 *
 * @throws Error - for an input that is missing or an expression that is not known.
 */
export function renderResources(
  resources: KubernetesObject[],
  inputs: Inputs,
): KubernetesObject[] {
  return resources.map(resource => {
    const text = stringify(resource, { lineWidth: 0 });
    return parse(
      text.replace(ACTION, (_, action: string) => evaluate(action, inputs)),
    ) as KubernetesObject;
  });
}

function evaluate(action: string, inputs: Inputs): string {
  const [first, ...functions] = action.split('|').map(part => part.trim());
  const [, name] = /^inputs\.([A-Za-z_][A-Za-z0-9_]*)$/.exec(first) ?? [];
  if (!name || inputs[name] === undefined) {
    throw new Error(
      `failed to build resource: template: resource:1: executing "resource" at <${first}>: map has no entry for key "${
        name ?? first
      }"`,
    );
  }
  return functions.reduce(apply, String(inputs[name]));
}

function apply(text: string, call: string): string {
  const [name, argument] = call.split(/\s+/);
  switch (name) {
    case 'quote':
      return JSON.stringify(text);
    case 'trunc':
      return text.slice(0, Number(argument));
    case 'toLower':
      return text.toLowerCase();
    default:
      throw new Error(
        `failed to build resource: function "${name}" not defined`,
      );
  }
}
