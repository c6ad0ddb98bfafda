import { plainText } from './plainText';
import { redactAddresses } from './withoutCredentials';

const MAX_MESSAGE_LENGTH = 4_000;

/** More than any name, address or revision has; a database could not index it. */
const MAX_STRING_LENGTH = 1_024;

/** A name, an address, a word of an engine; undefined when it is none of these. */
function readString(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_STRING_LENGTH
    ? plainText(value)
    : undefined;
}

/** What is said to people; undefined when there is nothing to read. */
function readMessage(value: unknown): string | undefined {
  if (typeof value !== 'string') {
    return undefined;
  }
  const short =
    value.length > MAX_MESSAGE_LENGTH
      ? `${value.slice(0, MAX_MESSAGE_LENGTH)}…`
      : value;
  return redactAddresses(plainText(short)) || undefined;
}

/**
 * Reads the fields of an object that nobody validated.
 *
 * @remarks
 * A cluster may hold objects of other versions, or written by other tools. A field of another
 * type than expected reads as absent, so that an observer never throws because of one. Texts come
 * without control characters, which databases refuse and terminals obey.
 *
 * @public
 */
export class ObjectFields {
  readonly #value: Record<string, unknown>;

  /** The fields of a value; none when it is not an object. */
  static of(value: unknown): ObjectFields {
    return new ObjectFields(value);
  }

  private constructor(value: unknown) {
    this.#value =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : {};
  }

  /** Names of the fields. */
  keys(): string[] {
    return Object.keys(this.#value);
  }

  /** True when the field is there and not null, whatever its type. */
  has(name: string): boolean {
    return this.#get(name) !== undefined && this.#get(name) !== null;
  }

  /** A string that is not empty, of at most 1,024 characters; for longer texts see `message`. */
  string(name: string): string | undefined {
    return readString(this.#get(name)) || undefined;
  }

  /**
   * What an engine says to people: without the credentials that stand in an address, and cut where
   * it becomes too long to read. Engines repeat addresses, and whole outputs of tools.
   */
  message(name: string): string | undefined {
    return readMessage(this.#get(name));
  }

  /** The messages of the list. */
  messages(name: string): string[] {
    const value = this.#get(name);
    return Array.isArray(value)
      ? value.flatMap(item => readMessage(item) ?? [])
      : [];
  }

  boolean(name: string): boolean | undefined {
    const value = this.#get(name);
    return typeof value === 'boolean' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.#get(name);
    return typeof value === 'number' && Number.isFinite(value)
      ? value
      : undefined;
  }

  /** A time as an ISO string in UTC with milliseconds; absent when it cannot be read. */
  time(name: string): string | undefined {
    const value = this.string(name);
    const date = value === undefined ? undefined : new Date(value);
    return date && Number.isFinite(date.getTime())
      ? date.toISOString()
      : undefined;
  }

  /** The fields of the object in this field; none when there is no object. */
  object(name: string): ObjectFields {
    return new ObjectFields(this.#get(name));
  }

  /** The fields of each object in the list. */
  list(name: string): ObjectFields[] {
    const value = this.#get(name);
    return Array.isArray(value)
      ? value
          .filter(item => typeof item === 'object' && item !== null)
          .map(item => new ObjectFields(item))
      : [];
  }

  /** The strings of the list, empty ones too: some lists stand for one beside them. */
  strings(name: string): string[] {
    const value = this.#get(name);
    return Array.isArray(value)
      ? value.flatMap(item => readString(item) ?? [])
      : [];
  }

  /** The numbers of the list. */
  numbers(name: string): number[] {
    const value = this.#get(name);
    return Array.isArray(value)
      ? value.filter((item): item is number => Number.isFinite(item))
      : [];
  }

  /** The fields that are strings, of any length, for example labels. */
  record(name: string): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.object(name).#value).flatMap(([key, value]) =>
        typeof value === 'string' ? [[key, plainText(value)]] : [],
      ),
    );
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
  }
}
