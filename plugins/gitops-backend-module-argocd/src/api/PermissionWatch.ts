import { ConnectionError } from '@fairway/plugin-gitops-node';
import type { ArgocdTimes } from './ArgocdTimes';
import type { Permissions } from './Permissions';

/** Projects that are asked about in one check, at least, and at most: more take longer. */
const MINIMUM_PER_CHECK = 20;
const MAXIMUM_PER_CHECK = 250;

/**
 * Notices that the token was revoked, or may see more or less than when everything was listed:
 * an open stream says neither.
 */
export class PermissionWatch {
  readonly #permissions: Permissions;
  readonly #where: string;
  readonly #projects: readonly string[];
  readonly #hidden: readonly string[];
  readonly #perCheck: number;
  #next = 0;

  constructor(options: {
    permissions: Permissions;
    where: string;
    /** What to ask about: projects, and `*` for everything. */
    projects: readonly string[];
    /** Those that were hidden at the list. */
    hidden: readonly string[];
    times: Pick<ArgocdTimes, 'check' | 'rights'>;
  }) {
    this.#permissions = options.permissions;
    this.#where = options.where;
    this.#projects = options.projects;
    this.#hidden = options.hidden;
    const { check, rights } = options.times;
    // The first check may come just after a project was hidden that had its turn.
    const rounds = Math.max(1, Math.floor(rights / check) - 1);
    this.#perCheck = Math.min(
      Math.max(Math.ceil(options.projects.length / rounds), MINIMUM_PER_CHECK),
      MAXIMUM_PER_CHECK,
    );
  }

  /**
   * Looks at some of the projects, and at the next ones the next time.
   *
   * @throws ConnectionError `forbidden` when the token is not accepted any more, `expired` when
   * it may see something else than before
   */
  async check(signal?: AbortSignal): Promise<void> {
    await this.#permissions.assertSignedIn(signal);
    const start = this.#next < this.#projects.length ? this.#next : 0;
    this.#next = start + this.#perCheck;
    const some = this.#projects.slice(start, this.#next);
    const hidden = await this.#permissions.hidden('applications', some, signal);
    if (some.some(one => hidden.includes(one) !== this.#hidden.includes(one))) {
      throw rightsChanged(this.#where);
    }
  }
}

/** What was listed with other rights cannot be trusted any more. */
export function rightsChanged(where: string): ConnectionError {
  return new ConnectionError(
    'expired',
    `What the token of ${where} may see has changed; everything is listed again`,
  );
}
