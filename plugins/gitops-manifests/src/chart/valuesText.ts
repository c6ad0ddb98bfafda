import { InputError } from '@backstage/errors';
import { parseDocument, parseAllDocuments } from 'yaml';
import { YamlText, type YamlPath } from '../edit';

/** Values of a chart. */
export type ChartValues = Record<string, unknown>;

const SECRET_KEY =
  /(^|[a-z_-])(password|passwd|passphrase|secret_?key|api_?key|access_?key|private_?key|token)$/i;

/**
 * Reads the values of a chart.
 *
 * @throws InputError when they are no map, or hold what must not be in Git
 */
export function parseValues(text: string, field: string): ChartValues {
  if (text.trim() === '') {
    return {};
  }
  const documents = parseAllDocuments(text);
  const [document] = Array.isArray(documents) ? documents : [];
  const [error] = document?.errors ?? [];
  if (error) {
    throw new InputError(
      `${field} is no valid YAML: ${error.message.split('\n')[0]}`,
    );
  }
  if (documents.length > 1) {
    throw new InputError(`${field} has more than one document; write one map`);
  }
  const value = toPlain(text, field);
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new InputError(
      `${field} must be a map of values, for example "replicaCount: 2", and is ${
        Array.isArray(value) ? 'a list' : `a ${typeof value}`
      }`,
    );
  }
  assertNoSecret(value as ChartValues, field, []);
  return value as ChartValues;
}

/** An empty text or one of comments alone says nothing, which is no values. */
function toPlain(text: string, field: string): object | string | number {
  try {
    return parseDocument(text).toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    throw new InputError(
      `${field} cannot be read: ${(error as Error).message}`,
    );
  }
}

/** A value in Git is no secret any more. */
function assertNoSecret(value: unknown, field: string, path: string[]): void {
  if (typeof value !== 'object' || value === null) {
    const key = path[path.length - 1] ?? '';
    if (typeof value === 'string' && value !== '' && SECRET_KEY.test(key)) {
      throw new InputError(
        `${field}: "${path.join(
          '.',
        )}" looks like a secret, and what is in Git is read by many. Name a Secret that exists instead (most charts have a value such as existingSecret), for example one that an ExternalSecret makes`,
      );
    }
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    assertNoSecret(inner, field, [...path, key]);
  }
}

/**
 * The text of one values file that says what two say: the second wins. Maps are merged, lists
 * and the rest replaced, as Helm does it; comments and order of the first stay.
 */
export function mergedValues(
  shared: string,
  own: string,
  field: string,
): string {
  const values = parseValues(shared, `${field} (shared)`);
  const changes = parseValues(own, field);
  if (Object.keys(values).length === 0) {
    return ending(own);
  }
  if (Object.keys(changes).length === 0) {
    return ending(shared);
  }
  const yaml = YamlText.parse(ending(shared), { name: field });
  for (const [path, value] of leaves(changes, values, [])) {
    yaml.set(path, value);
  }
  return yaml.toString();
}

/** What differs, as deep as both are maps. */
function* leaves(
  changes: ChartValues,
  values: ChartValues,
  path: string[],
): Generator<[YamlPath, unknown]> {
  for (const [key, value] of Object.entries(changes)) {
    const before = Object.hasOwn(values, key) ? values[key] : undefined;
    if (isMap(value) && isMap(before)) {
      yield* leaves(value, before, [...path, key]);
    } else {
      yield [[...path, key], value];
    }
  }
}

function isMap(value: unknown): value is ChartValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A file ends with a newline; one without values says so. */
function ending(text: string): string {
  return text.trim() === '' ? '{}\n' : `${text.trimEnd()}\n`;
}
