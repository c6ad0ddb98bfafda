import { InputError } from '@backstage/errors';

/**
 * What a forge must have.
 *
 * @throws InputError when it has not.
 */
export function required<T>(
  value: T | undefined,
  options: { webUrl: string; what: string },
): T {
  if (value === undefined) {
    throw new InputError(
      `${options.webUrl} has no ${options.what}, or the integration's user may not see it`,
    );
  }
  return value;
}
