import type {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { catalogEntityReadPermission } from '@backstage/plugin-catalog-common/alpha';
import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  gitopsApplicationOperatePermission,
  gitopsApplicationReadPermission,
} from '@fairway/plugin-gitops-common';
import { LRUCache } from 'lru-cache';

/** What the permission policy says of a caller, all that a page needs in one question. */
export interface Decisions {
  /** Of `gitops.application.read`. */
  read: PolicyDecision;
  /** Of `gitops.application.operate`. */
  operate: PolicyDecision;
  /** Of `catalog.entity.read`: callers of equal decisions see the same components. */
  catalog: PolicyDecision;
}

/** For so long a permission that was taken away still lets somebody read; */
const KEPT_MS = 10_000;
/** after this the policy is asked again while the last decision still counts. */
const FRESH_MS = 5_000;
const MAX_CALLERS = 2_000;

/** Equal for decisions that say the same; the answers to questions are numbered. */
export function decisionKey(decision: PolicyDecision): string {
  return JSON.stringify(
    decision.result === AuthorizeResult.CONDITIONAL
      ? [decision.pluginId, decision.resourceType, decision.conditions]
      : decision.result,
  );
}

/**
 * Asks the permission policy, and keeps what it said of a caller for ten seconds, because a
 * question is a request to the permission backend and each page view has three. Several pages
 * that one caller opens at once ask once. Commands ask anew.
 */
export class CallerDecisions {
  readonly #permissions: PermissionsService;
  readonly #now: () => number;
  readonly #kept = new LRUCache<
    string,
    { until: number; renewed?: boolean; decisions: Promise<Decisions> }
  >({ max: MAX_CALLERS });

  constructor(options: {
    permissions: PermissionsService;
    now?: () => number;
  }) {
    this.#permissions = options.permissions;
    this.#now = options.now ?? Date.now;
  }

  /** What was decided in the last ten seconds, else anew. */
  get(credentials: BackstageCredentials): Promise<Decisions> {
    const key = JSON.stringify(credentials.principal);
    const kept = this.#kept.get(key);
    if (kept && kept.until > this.#now()) {
      if (kept.until - this.#now() <= KEPT_MS - FRESH_MS && !kept.renewed) {
        kept.renewed = true;
        const until = this.#now() + KEPT_MS;
        // A failure is told to who asks when the last decision counts no more.
        this.ask(credentials).then(
          decisions =>
            this.#kept.set(key, {
              until,
              decisions: Promise.resolve(decisions),
            }),
          () => {},
        );
      }
      return kept.decisions;
    }
    const decisions = this.ask(credentials);
    const entry = { until: this.#now() + KEPT_MS, decisions };
    this.#kept.set(key, entry);
    decisions.catch(() => {
      if (this.#kept.get(key) === entry) {
        this.#kept.delete(key);
      }
    });
    return decisions;
  }

  /** Decided now. */
  async ask(credentials: BackstageCredentials): Promise<Decisions> {
    const [read, operate, catalog] =
      await this.#permissions.authorizeConditional(
        [
          { permission: gitopsApplicationReadPermission },
          { permission: gitopsApplicationOperatePermission },
          { permission: catalogEntityReadPermission },
        ],
        { credentials },
      );
    return { read, operate, catalog };
  }
}
