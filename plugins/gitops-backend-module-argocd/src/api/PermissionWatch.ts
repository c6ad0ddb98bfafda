import { ConnectionError } from '@fairway/plugin-gitops-node';
import type { Permissions } from './Permissions';

/** Projects that are asked about in one check. */
const PROJECTS_PER_CHECK = 20;

/**
 * Notices that the token was revoked, or may see more or less than when everything was listed:
 * an open stream says neither.
 */
export class PermissionWatch {
  readonly #permissions: Permissions;
  readonly #where: string;
  readonly #projects: readonly string[];
  readonly #hidden: readonly string[];
  #next = 0;

  constructor(options: {
    permissions: Permissions;
    where: string;
    /** What to ask about: projects, and `*` for everything. */
    projects: readonly string[];
    /** Those that were hidden at the list. */
    hidden: readonly string[];
  }) {
    this.#permissions = options.permissions;
    this.#where = options.where;
    this.#projects = options.projects;
    this.#hidden = options.hidden;
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
    this.#next = start + PROJECTS_PER_CHECK;
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
