import { InputError } from '@backstage/errors';
import type { z } from 'zod';

/** An error that names each field, what it was and the rule that it breaks. */
export function invalidFields(what: string, error: z.ZodError): InputError {
  const lines = error.issues.map(issue => {
    const field = issue.path.join('.') || 'the input';
    const value =
      typeof issue.input === 'string'
        ? ` (${JSON.stringify(issue.input.slice(0, 80))})`
        : '';
    return `${field}${value}: ${issue.message}`;
  });
  return new InputError(`${what}; correct these fields: ${lines.join('; ')}`);
}
