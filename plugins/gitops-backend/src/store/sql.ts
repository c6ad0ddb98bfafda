import { InputError } from '@backstage/errors';
import type { Knex } from 'knex';

/** Rows per statement: far below the limit of bound variables of either database. */
export const CHUNK_SIZE = 300;

/** True when the client speaks SQLite. */
export function isSqlite(db: Knex): boolean {
  return String(db.client.config.client).includes('sqlite');
}

/**
 * Makes SQLite append what is written to a log instead of waiting for the disk at each of
 * thousands of small transactions. After a loss of power the last ones may be missing, never a
 * part of one; what they said is observed again. A database in memory stays as it is.
 */
export async function tuneSqlite(db: Knex): Promise<void> {
  await db.raw('pragma journal_mode = wal');
  await db.raw('pragma synchronous = normal');
  // Kibibytes: the indexes that every statement needs, beside the documents that it passes by.
  await db.raw('pragma cache_size = -16000');
}

/**
 * Restricts a column to a list of any length.
 *
 * @remarks
 * A long list is bound as one JSON value, because SQLite and PostgreSQL both limit the number of
 * bound variables, and because a statement with thousands of them is slow to prepare.
 */
export function whereAnyOf(
  query: Knex.QueryBuilder,
  options: { db: Knex; column: string; values: readonly string[] },
): void {
  const { db, column, values } = options;
  if (values.length <= CHUNK_SIZE) {
    query.whereIn(column, [...values]);
    return;
  }
  const list = isSqlite(db)
    ? 'select value from json_each(?)'
    : 'select json_array_elements_text(?::json)';
  query.whereRaw(`?? in (${list})`, [column, JSON.stringify(values)]);
}

/** Restricts a column to a text that contains each of the words. */
export function whereContainsWords(
  query: Knex.QueryBuilder,
  column: string,
  text: string,
): void {
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    query.whereRaw(`?? like ? escape '\\'`, [column, pattern]);
  }
}

/** Where a page ended: the value of the column that it is sorted by, and the id. */
export interface PageEnd {
  sort: string;
  value: string | number;
  id: string;
}

/** An opaque cursor that continues after `end`. */
export function encodeCursor(end: PageEnd): string {
  return Buffer.from(JSON.stringify([end.sort, end.value, end.id])).toString(
    'base64url',
  );
}

/**
 * Reads a cursor that {@link encodeCursor} made for the same sort.
 *
 * @throws InputError when it is not one.
 */
export function decodeCursor(cursor: string, sort: string): PageEnd {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    parts = undefined;
  }
  if (
    !Array.isArray(parts) ||
    parts.length !== 3 ||
    parts[0] !== sort ||
    !['string', 'number'].includes(typeof parts[1]) ||
    typeof parts[2] !== 'string'
  ) {
    throw new InputError(
      'Invalid cursor: it does not belong to this query; start again without it',
    );
  }
  return { sort, value: parts[1], id: parts[2] };
}

/** Splits a list into lists of at most {@link CHUNK_SIZE}. */
export function chunks<T>(items: readonly T[]): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += CHUNK_SIZE) {
    result.push(items.slice(start, start + CHUNK_SIZE));
  }
  return result;
}

/**
 * A time as the tables hold it.
 *
 * @throws InputError when it is no time.
 */
export function isoTime(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    throw new InputError(
      `Invalid time '${text}': expected an ISO 8601 date and time`,
    );
  }
  return date.toISOString();
}
