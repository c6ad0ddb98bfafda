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
  /** May be short-lived: to be asked for when it is needed. */
  credentials(): Promise<GitCredentials>;
  /** Whether its organisation exists. */
  organisationExists(): Promise<boolean>;
  /** Undefined when there is no such repository. */
  find(): Promise<{ defaultBranch: string } | undefined>;
  /** Empty while nothing was pushed. */
  branches(): Promise<ForgeBranch[]>;
  /** The hash of each file and folder of a folder at a commit, by name; empty path for the root. */
  listFolder(path: string, commit: string): Promise<Map<string, string>>;
  /** Deleting what is not there does nothing. */
  delete(): Promise<void>;
  /** Deleting what is not there does nothing. */
  deleteBranch(name: string): Promise<void>;
  openPullRequest(request: PullRequestRequest): Promise<PullRequest>;
  /** The open pull request between two branches, if there is one. */
  findPullRequest(options: {
    head: string;
    base: string;
  }): Promise<PullRequest | undefined>;
  getPullRequest(number: number): Promise<PullRequest>;
  closePullRequest(number: number): Promise<void>;
}
