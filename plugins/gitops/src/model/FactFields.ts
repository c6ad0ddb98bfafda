/**
 * Reads the details of a fact, whose shape depends on the version of the backend: what is not
 * there, or not what it should be, is as if it were absent.
 */
export class FactFields {
  readonly #values: Record<string, unknown>;

  private constructor(values: Record<string, unknown>) {
    this.#values = values;
  }

  static of(value: unknown): FactFields {
    const isRecord =
      typeof value === 'object' && value !== null && !Array.isArray(value);
    return new FactFields(isRecord ? (value as Record<string, unknown>) : {});
  }

  has(name: string): boolean {
    const value = this.#values[name];
    return value !== undefined && value !== null;
  }

  string(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.#values[name];
    return typeof value === 'number' && Number.isFinite(value)
      ? value
      : undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#values[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  object(name: string): FactFields {
    return FactFields.of(this.#values[name]);
  }

  list(name: string): FactFields[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(FactFields.of) : [];
  }

  strings(name: string): string[] {
    const value = this.#values[name];
    return Array.isArray(value)
      ? value.filter((item): item is string => typeof item === 'string')
      : [];
  }

  /** The value, if it is one of those that are known here. */
  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined {
    return known.find(value => value === this.#values[name]);
  }
}
