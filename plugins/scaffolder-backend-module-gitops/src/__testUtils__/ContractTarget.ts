import type { ForgeRepository } from '../forge';

/** A repository that does not exist, and what people and Git do to it from outside. */
export interface ContractTarget {
  repository: ForgeRepository;
  /** The same in an organisation that does not exist. */
  elsewhere: ForgeRepository;
  /** Page of the first pull request. */
  pullUrl: RegExp;
  create(): Promise<void>;
  /** Pushes a first commit, one that changes a file, and one that changes another file, too. */
  push(): Promise<{ first: string; ci: string; other: string }>;
  pushBranch(name: string): Promise<void>;
  /** Returns the commit of the base that carries it. */
  merge(number: number): Promise<string>;
  /** Returns what was not as expected. */
  stop(): Promise<string[]>;
}
