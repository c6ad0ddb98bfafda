import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AuthenticationError } from '@backstage/errors';
import type { WebhookRequest, WebhookSource } from './WebhookSource';

type Proof = 'basic' | 'bearer' | 'token' | 'hmac' | 'bare-hmac';

/**
 * Where each source proves that it knows the secret.
 *
 * - Argo CD's notifications carry no signature: a header has the secret itself.
 * - Flux's `generic-hmac` provider: `X-Signature: <hash>=<hex>`.
 * - GitHub: `X-Hub-Signature-256`; Bitbucket: `X-Hub-Signature`; both `sha256=<hex>`.
 * - Gitea and Forgejo: `X-Gitea-Signature: <hex>`, always SHA-256.
 * - GitLab: `X-Gitlab-Token` has the secret itself.
 * - Azure DevOps: basic authentication; the password is the secret, whoever the user is.
 */
const PROOFS: Record<WebhookSource, { header: string; by: Proof }> = {
  argocd: { header: 'authorization', by: 'bearer' },
  flux: { header: 'x-signature', by: 'hmac' },
  github: { header: 'x-hub-signature-256', by: 'hmac' },
  gitlab: { header: 'x-gitlab-token', by: 'token' },
  gitea: { header: 'x-gitea-signature', by: 'bare-hmac' },
  bitbucket: { header: 'x-hub-signature', by: 'hmac' },
  azure: { header: 'authorization', by: 'basic' },
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
  by: Proof,
  options: { given: string; secret: string; request: WebhookRequest },
): boolean {
  const { given, secret, request } = options;
  if (by === 'bearer') {
    return equal(given, `Bearer ${secret}`);
  }
  if (by === 'basic') {
    return equal(passwordOf(given), secret);
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

/** Of basic authentication; empty, as no secret is, when it is something else. */
function passwordOf(header: string): string {
  const encoded = /^basic +(\S+)$/i.exec(header)?.[1] ?? '';
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? '' : text.slice(colon + 1);
}

/** In a time that says nothing of where the two differ, nor of their lengths. */
function equal(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
