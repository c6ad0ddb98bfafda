import { InputError } from '@backstage/errors';

/** A page of a list that is sorted in memory. */
export interface Page<T> {
  items: T[];
  total: number;
  nextCursor?: string;
}

/**
 * A page of a sorted list. The cursor names the sort, so that one of another list is refused.
 *
 * @throws InputError for a cursor that this function did not make for the same sort.
 */
export function pageOf<T>(
  sorted: readonly T[],
  options: { sort: string; limit: number; cursor?: string },
): Page<T> {
  const { sort, limit, cursor } = options;
  const start = cursor === undefined ? 0 : decode(cursor, sort);
  const end = start + limit;
  return {
    items: sorted.slice(start, end),
    total: sorted.length,
    ...(end < sorted.length && {
      nextCursor: Buffer.from(JSON.stringify([sort, end])).toString(
        'base64url',
      ),
    }),
  };
}

function decode(cursor: string, sort: string): number {
  try {
    const [ofSort, start] = JSON.parse(
      Buffer.from(cursor, 'base64url').toString('utf8'),
    );
    if (ofSort === sort && Number.isInteger(start) && start >= 0) {
      return start;
    }
  } catch {
    // Said below: whatever it is, it is no cursor of this list.
  }
  throw new InputError(
    'The cursor does not belong to this list; leave it out to start at the first page',
  );
}
