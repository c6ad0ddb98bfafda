import { InputError } from '@backstage/errors';
import { z } from 'zod';

/**
 * Reads a part of a request.
 *
 * @throws InputError that names each field which is wrong, and how.
 */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) {
    const issues = result.error.issues.map(issue => {
      const path = issue.path.join('.');
      return path ? `${path}: ${issue.message}` : issue.message;
    });
    throw new InputError(`The request is malformed: ${issues.join('; ')}`);
  }
  return result.data;
}

/** A query parameter that may be given once, several times, or not at all. */
export function listOf<T extends z.ZodType>(item: T, maximum = 500) {
  return z
    .preprocess(
      value => (value === undefined || Array.isArray(value) ? value : [value]),
      z.array(item).max(maximum).optional(),
    )
    .optional();
}

/** Text that somebody typed, of a length that somebody types. */
export const shortText = z.string().min(1).max(500);

/** `true` or `false`. */
export const queryBoolean = z
  .enum(['true', 'false'])
  .transform(value => value === 'true');

/** A page size of 1 to 500. */
export const queryLimit = z.coerce.number().int().min(1).max(500);

/** An ISO time with an offset, or a date; in the form in which times are stored. */
export const queryTime = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform(time => new Date(time).toISOString());
