import { InputError } from '@backstage/errors';
import type { z } from 'zod';

/**
 * Checks an input against a schema and fills in its defaults.
 *
 * @param subject - what cannot be done with a faulty input, as a sentence without its full stop
 * @throws InputError with each field, its value and the rule that it breaks.
 */
export function parseInput<S extends z.ZodType>(
  schema: S,
  input: unknown,
  subject: string,
): z.output<S> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) {
    return result.data;
  }
  const lines = result.error.issues.map(issue => {
    const field = issue.path.join('.') || 'the input';
    const value =
      typeof issue.input === 'string'
        ? ` (${JSON.stringify(issue.input.slice(0, 80))})`
        : '';
    return `${field}${value}: ${issue.message}`;
  });
  throw new InputError(`${subject}; correct these fields: ${lines.join('; ')}`);
}
