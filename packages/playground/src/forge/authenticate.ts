import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import type { ForgeCore } from './ForgeCore';
import type { ForgeUser } from './types';

/**
 * Who sends a request: the account, nobody in particular, or somebody whose password or
 * token is wrong. Understands Basic, and the password as a `token` or `Bearer`.
 */
export function authenticate(
  core: ForgeCore,
  request: Request,
): ForgeUser | 'anonymous' | 'refused' {
  const header = request.get('authorization');
  if (!header) return 'anonymous';
  const [scheme, value = ''] = header.split(' ', 2);
  const expected = `${core.account.login}:${core.password}`;
  let right = false;
  if (scheme.toLowerCase() === 'basic') {
    right = same(Buffer.from(value, 'base64').toString('utf8'), expected);
  } else if (['token', 'bearer'].includes(scheme.toLowerCase())) {
    right = same(value, core.password);
  }
  return right ? core.account : 'refused';
}

function same(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
