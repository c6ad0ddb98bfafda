import { ApiFailure } from './ApiFailure';

/** An account of the API, with its token. */
export interface ArgocdAccount {
  name: string;
  token: string;
  /** Lines of policy.csv without the role: `applications, get, payments/*, allow`. */
  policies: string[];
}

interface Policy {
  resource: string;
  action: string;
  object: string;
  allows: boolean;
}

/** Who asks; undefined for a visitor without an account. */
export type Claims = string | undefined;

/**
 * Accounts, tokens and policies, with the meaning of Argo CD's: `*` stands for anything, slashes
 * too, and a refusal is stronger than a permission.
 */
export class Accounts {
  readonly #tokens = new Map<string, string>();
  readonly #policies = new Map<string, Policy[]>();
  /** When true, who has no valid token is a visitor without rights, and not refused. */
  anonymous = false;

  constructor(accounts: readonly ArgocdAccount[]) {
    for (const { name, token, policies } of accounts) {
      this.#tokens.set(token, name);
      this.setPolicies(name, policies);
    }
  }

  /** Streams that are open go on, as those of Argo CD do. */
  revoke(token: string): void {
    this.#tokens.delete(token);
  }

  /** Holds at once, also for streams that are open. */
  setPolicies(account: string, policies: readonly string[]): void {
    this.#policies.set(account, policies.map(parsePolicy));
  }

  /** The account of a token, if it has one. */
  find(authorization: string | undefined): Claims {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    return token === undefined ? undefined : this.#tokens.get(token);
  }

  /** @throws ApiFailure unauthenticated */
  authenticate(authorization: string | undefined): Claims {
    const account = this.find(authorization);
    if (account === undefined && !this.anonymous) {
      throw new ApiFailure(
        'unauthenticated',
        authorization
          ? 'invalid session: account does not have token with this id'
          : 'no session information',
      );
    }
    return account;
  }

  may(
    claims: Claims,
    resource: string,
    action: string,
    object: string,
  ): boolean {
    const matching = (this.#policies.get(claims ?? '') ?? []).filter(
      policy =>
        matches(policy.resource, resource) &&
        matches(policy.action, action) &&
        matches(policy.object, object),
    );
    return matching.length > 0 && matching.every(policy => policy.allows);
  }
}

function parsePolicy(line: string): Policy {
  const [resource, action, object, effect] = line
    .split(',')
    .map(field => field.trim());
  return { resource, action, object, allows: effect === 'allow' };
}

function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .split('*')
    .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`).test(text);
}
