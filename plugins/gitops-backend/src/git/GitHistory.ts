import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import { GitRepository } from './GitRepository';
import { RepositoryAccess } from './RepositoryAccess';

/** Where clones are kept, and whose repositories may be read. */
export interface GitHistoryOptions {
  /** Directory of this process alone; created when it is missing. Safe to delete while the backend is stopped. */
  directory: string;
  integrations: ScmIntegrationRegistry;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** The repositories that Fairway reads, one clone each. */
export class GitHistory {
  readonly access: RepositoryAccess;
  readonly #options: GitHistoryOptions;
  readonly #repositories = new Map<string, GitRepository>();

  constructor(options: GitHistoryOptions) {
    this.#options = options;
    this.access = new RepositoryAccess(options.integrations);
  }

  /**
   * The repository behind a clone URL. Nothing is fetched yet.
   *
   * @throws InputError when the URL is not one that Fairway may read.
   */
  open(repoUrl: string): GitRepository {
    const allowed = this.access.allow(repoUrl);
    const existing = this.#repositories.get(allowed.url);
    if (existing) {
      return existing;
    }
    const digest = createHash('sha256').update(allowed.url).digest('hex');
    const name = allowed.pageUrl.replace(/[^A-Za-z0-9.-]+/g, '_').slice(-60);
    const repository = new GitRepository({
      allowed,
      access: this.access,
      directory: path.join(
        this.#options.directory,
        `${name}-${digest.slice(0, 12)}.git`,
      ),
      now: this.#options.now,
    });
    this.#repositories.set(allowed.url, repository);
    return repository;
  }

  /** Ends all processes; the clones stay. */
  close() {
    for (const repository of this.#repositories.values()) {
      repository.close();
    }
  }
}
