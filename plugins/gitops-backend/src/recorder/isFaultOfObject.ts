import { InputError } from '@backstage/errors';

/** Data exception, integrity constraint violation, program limit exceeded of PostgreSQL. */
const OF_POSTGRES = /^(22|23|54)[0-9A-Z]{3}$/;
const OF_SQLITE = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/;

/**
 * Whether an error of recording says that the object makes no sense, so that it would fail for
 * ever, and does not say that the database cannot be used now.
 */
export function isFaultOfObject(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return (
    error instanceof InputError ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    (typeof code === 'string' &&
      (OF_POSTGRES.test(code) || OF_SQLITE.test(code)))
  );
}
