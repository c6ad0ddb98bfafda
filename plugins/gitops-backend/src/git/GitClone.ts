import { mkdir, rm } from 'node:fs/promises';
import { runGit } from './GitCommand';
import type { AllowedRepository, RepositoryAccess } from './RepositoryAccess';

/** What a {@link GitClone} is of, and where it lies. */
export interface GitCloneOptions {
  allowed: AllowedRepository;
  directory: string;
  access: RepositoryAccess;
  /** Called before a damaged clone is deleted. */
  onDamaged(): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

const FETCH_TIMEOUT_MS = 10 * 60_000;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 30 * 60_000;
/** What a crash in the middle of a fetch may leave behind. */
const DAMAGED =
  /\.lock': File exists|not a git repository|bad object|corrupt|unable to read tree|did not send all necessary objects|could not read [0-9a-f]{40}/i;

/**
 * The directory of a bare clone, and the one way in which it is filled.
 *
 * @remarks
 * That the clone is partial, where it came from and with whose credentials is told to each fetch
 * and never written down, so that nothing but a fetch can talk to the forge.
 */
export class GitClone {
  readonly #options: GitCloneOptions;
  #ready = false;
  #queue: Promise<unknown> = Promise.resolve();
  #failure?: { error: Error; until: number; pause: number };

  constructor(options: GitCloneOptions) {
    this.#options = options;
  }

  /** Runs a task when all before it are done. A task MUST NOT wait for another one. */
  enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task);
    this.#queue = result.catch(() => {});
    return result;
  }

  /** Makes an empty clone when there is none. */
  async prepare(): Promise<void> {
    if (!this.#ready) {
      await this.enqueue(() => this.#initialize());
    }
  }

  async #initialize(): Promise<void> {
    if (!this.#ready) {
      const { directory } = this.#options;
      await mkdir(directory, { recursive: true });
      await runGit({ directory, args: ['init', '--quiet', '--bare', '.'] });
      this.#ready = true;
    }
  }

  /**
   * Fetches from `origin`; only within a task. After a failure the next fetches fail at once until
   * a pause is over, which is longer each time.
   *
   * @param options - `quiet`: a failure says nothing about the next fetch
   * @throws GitError with what Git said.
   */
  async fetch(
    args: readonly string[],
    options: { input?: string; quiet?: boolean } = {},
  ): Promise<void> {
    const { now } = this.#options;
    if (this.#failure && this.#failure.until > now()) {
      throw this.#failure.error;
    }
    try {
      await this.#fetchOrStartAnew(args, options.input);
      this.#failure = undefined;
    } catch (error) {
      if (!options.quiet) {
        const pause = Math.min(
          this.#failure ? this.#failure.pause * 2 : FIRST_PAUSE_MS,
          LONGEST_PAUSE_MS,
        );
        this.#failure = {
          error: error as Error,
          pause,
          until: now() + pause,
        };
      }
      throw error;
    }
  }

  async #fetchOrStartAnew(
    args: readonly string[],
    input?: string,
  ): Promise<void> {
    await this.#initialize();
    try {
      await this.#fetchOnce(args, input);
    } catch (error) {
      if (!DAMAGED.test(String(error))) {
        throw error;
      }
      this.#options.onDamaged();
      await rm(this.#options.directory, { recursive: true, force: true });
      this.#ready = false;
      await this.#initialize();
      await this.#fetchOnce(args, input);
    }
  }

  async #fetchOnce(args: readonly string[], input?: string): Promise<void> {
    const { allowed, access, directory } = this.#options;
    const authorization = await access.authorization(allowed);
    const config: Array<[string, string]> = [
      ['remote.origin.url', allowed.url],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.partialclonefilter', 'blob:none'],
      ['http.lowSpeedLimit', '1000'],
      ['http.lowSpeedTime', '60'],
      ['protocol.allow', 'never'],
      ['protocol.http.allow', 'always'],
      ['protocol.https.allow', 'always'],
      ['protocol.ssh.allow', 'always'],
    ];
    if (authorization) {
      const { origin } = new URL(allowed.url);
      config.push([
        `http.${origin}/.extraHeader`,
        `Authorization: ${authorization}`,
      ]);
    }
    await runGit({
      directory,
      config,
      args: ['fetch', '--quiet', '--no-auto-gc', '--filter=blob:none', ...args],
      input,
      timeoutMs: FETCH_TIMEOUT_MS,
    });
  }
}
