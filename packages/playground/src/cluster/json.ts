/** A JSON object of any shape. */
export type JsonObject = { [key: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A deep copy without what JSON cannot say (undefined, functions). */
export function copyJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** The value at a dotted path of field names, or undefined. */
export function valueAt(value: unknown, path: string): unknown {
  let current = value;
  for (const name of path.split('.')) {
    if (!isJsonObject(current)) {
      return undefined;
    }
    current = current[name];
  }
  return current;
}
