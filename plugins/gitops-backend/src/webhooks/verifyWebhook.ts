import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AuthenticationError } from '@backstage/errors';
import type { WebhookRequest, WebhookSource } from './WebhookSource';

/**
 * Where each source proves that it knows the secret.
 *
 * - Argo CD's notifications carry no signature: a header has the secret itself.
 * - Flux's `generic-hmac` provider: `X-Signature: <hash>=<hex>`.
 * - GitHub: `X-Hub-Signature-256`; Bitbucket: `X-Hub-Signature`; both `sha256=<hex>`.
 * - Gitea and Forgejo: `X-Gitea-Signature: <hex>`, always SHA-256.
 * - GitLab: `X-Gitlab-Token` has the secret itself.
 */
const PROOFS: Record<
  WebhookSource,
  { header: string; by: 'bearer' | 'token' | 'hmac' | 'bare-hmac' }
> = {
  argocd: { header: 'authorization', by: 'bearer' },
  flux: { header: 'x-signature', by: 'hmac' },
  github: { header: 'x-hub-signature-256', by: 'hmac' },
  gitlab: { header: 'x-gitlab-token', by: 'token' },
  gitea: { header: 'x-gitea-signature', by: 'bare-hmac' },
  bitbucket: { header: 'x-hub-signature', by: 'hmac' },
};

/** Hashes that Flux's receiver of the same type accepts too; SHA-1 is not among them. */
const HASHES = ['sha224', 'sha256', 'sha384', 'sha512'];

/**
 * Refuses a request that does not prove that its sender knows the secret.
 *
 * @throws AuthenticationError that says which header is expected, and nothing about the secret
 */
export function verifyWebhook(request: WebhookRequest, secret: string): void {
  const { header, by } = PROOFS[request.source];
  const given = request.header(header);
  if (given === undefined || !isProof(by, { given, secret, request })) {
    throw new AuthenticationError(
      `The header ${header} does not prove that the sender knows the secret of gitops.webhooks.${request.source}; give both sides the same secret`,
    );
  }
}

function isProof(
  by: 'bearer' | 'token' | 'hmac' | 'bare-hmac',
  options: { given: string; secret: string; request: WebhookRequest },
): boolean {
  const { given, secret, request } = options;
  if (by === 'bearer') {
    return equal(given, `Bearer ${secret}`);
  }
  if (by === 'token') {
    return equal(given, secret);
  }
  const separator = by === 'hmac' ? given.indexOf('=') : -1;
  const hash = by === 'hmac' ? given.slice(0, separator) : 'sha256';
  if (!HASHES.includes(hash)) {
    return false;
  }
  const expected = createHmac(hash, secret).update(request.body).digest('hex');
  return equal(given.slice(separator + 1).toLowerCase(), expected);
}

/** In a time that says nothing of where the two differ, nor of their lengths. */
function equal(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
