/** A branch and the commit that it points to. */
export interface ForgeBranch {
  name: string;
  commit: string;
}

/** A pull request, in words that all forges share. */
export interface PullRequest {
  number: number;
  /** Page for people. */
  url: string;
  state: 'open' | 'merged' | 'closed';
  /** Branch that it wants to bring in. */
  head: string;
  /** Commit of the base branch that carries it, once merged. */
  mergeCommit?: string;
}

/** What git needs to clone and push. */
export type GitCredentials =
  | { username: string; password: string }
  | { token: string };

/** What a request for a pull request says. */
export interface PullRequestRequest {
  title: string;
  body: string;
  head: string;
  base: string;
}

/**
 * One repository of a forge, which need not exist (yet), as the actions need it.
 *
 * @remarks
 * Errors of the forge reject with a `NotFoundError`, `ConflictError`, `InputError` or, for
 * what only its operator can repair, `ServiceUnavailableError`.
 */
export interface ForgeRepository {
  readonly cloneUrl: string;
  /** Page for people. */
  readonly webUrl: string;
  /** Characters that the description of a pull request may have. */
  readonly longestDescription: number;
  /** Whether a description may have blocks to unfold (`<details>`). */
  readonly unfolds: boolean;
  /** May be short-lived: to be asked for when it is needed. */
  credentials(): Promise<GitCredentials>;
  /** Whether what a repository is made in exists: organisation, group, workspace or project. */
  ownerExists(): Promise<boolean>;
  /** Undefined when there is no such repository. */
  find(): Promise<{ defaultBranch: string } | undefined>;
  /** Empty while nothing was pushed. */
  branches(): Promise<ForgeBranch[]>;
  /**
   * Whether two commits have the same files but for one, for example the overlay that CI writes
   * its image to. False when that is not certain.
   */
  differsOnlyIn(options: {
    file: string;
    before: string;
    after: string;
  }): Promise<boolean>;
  /** Deleting what is not there does nothing. */
  delete(): Promise<void>;
  /** Makes it read-only for everybody; absent where the forge has no such thing. */
  archive?(): Promise<void>;
  /** Deleting what is not there does nothing. */
  deleteBranch(name: string): Promise<void>;
  openPullRequest(request: PullRequestRequest): Promise<PullRequest>;
  /** The open pull request between two branches, if there is one. */
  findPullRequest(options: {
    head: string;
    base: string;
  }): Promise<PullRequest | undefined>;
  getPullRequest(number: number): Promise<PullRequest>;
  /** Closing what is closed does nothing. */
  closePullRequest(number: number): Promise<void>;
}

/** What the name of a branch is called in full. */
export const HEADS = 'refs/heads/';

/** `main` of `refs/heads/main`. */
export function branchName(ref: string): string {
  return ref.startsWith(HEADS) ? ref.slice(HEADS.length) : ref;
}
