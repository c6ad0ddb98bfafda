import type { Forge } from '../types';

/** A person or a bot, as Git names the author of a commit. */
export interface Person {
  name: string;
  email: string;
}

/** A user the forge knows. */
export interface ForgeUser extends Person {
  login: string;
}

/** A comment on a pull request. */
export interface Comment {
  id: number;
  user: string;
  body: string;
  createdAt: string;
}

/** A pull request as it is stored; what Git knows is read from Git. */
export interface PullRequest {
  number: number;
  title: string;
  body: string;
  user: string;
  /** Branch names of the same repository. */
  head: string;
  base: string;
  /** Last commit of the head branch, also when the branch is gone. */
  headSha: string;
  state: 'open' | 'closed';
  createdAt: string;
  updatedAt: string;
  closedAt?: string;
  merged?: { at: string; by: string; commit: string; baseSha: string };
  comments: Comment[];
  /** Names of labels; none when absent. */
  labels?: string[];
}

/** A label that pull requests of a repository may have. */
export interface Label {
  id: number;
  name: string;
  color: string;
  description: string;
}

/** A subscription to events of a repository. */
export interface Webhook {
  id: number;
  url: string;
  secret?: string;
  events: string[];
  active: boolean;
  createdAt: string;
}

/** The state of a check of a commit. */
export interface CommitStatus {
  id: number;
  sha: string;
  state: 'pending' | 'success' | 'error' | 'failure' | 'warning';
  context: string;
  description: string;
  targetUrl: string;
  createdAt: string;
}

/** What the forge keeps of a repository beside Git. */
export interface RepositoryRecord {
  id: number;
  owner: string;
  name: string;
  description: string;
  private: boolean;
  defaultBranch: string;
  createdAt: string;
  /** Read-only for everybody. */
  archived?: boolean;
  nextNumber: number;
  pulls: PullRequest[];
  hooks: Webhook[];
  statuses: CommitStatus[];
  /** Labels that were added to those that every repository has. */
  labels?: Label[];
}

/** One change of a file: new content, or `undefined` to remove it. */
export interface FileChange {
  path: string;
  content: string | Buffer | undefined;
}

/** A commit made without a work tree. */
export interface CommitRequest {
  owner: string;
  repository: string;
  branch: string;
  /** Make the branch at the tip of this one when it does not exist. */
  from?: string;
  /** Refuse with a ConflictError when the branch is no longer here. */
  expected?: string;
  message: string;
  author: Person;
  files: FileChange[];
}

/** The forge as its own stand-ins (CI, sample world) use it. */
export interface PlaygroundForge extends Forge {
  listRepositories(): Array<{ owner: string; name: string }>;
  hasRepository(owner: string, repository: string): boolean;
  createOrganisation(name: string): Promise<void>;
  createRepository(options: {
    owner: string;
    name: string;
    description?: string;
  }): Promise<void>;
  /** Removes a repository with everything in it. */
  deleteRepository(owner: string, repository: string): Promise<void>;
  /** Commits to a branch and tells everybody as a push would; returns the commit. */
  commit(request: CommitRequest): Promise<string>;
}
