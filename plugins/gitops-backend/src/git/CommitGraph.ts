import type { GitCommit } from './parseLog';

/** A part of a history in memory, to ask for many ranges without asking Git for each. */
export class CommitGraph {
  readonly #commits: Map<string, GitCommit>;

  /** @param commits - newest first; ranges keep that order */
  constructor(commits: readonly GitCommit[]) {
    this.#commits = new Map(commits.map(commit => [commit.sha, commit]));
  }

  get(sha: string): GitCommit | undefined {
    return this.#commits.get(sha);
  }

  /** The commit and all before it, as far as the graph goes. */
  #ancestors(tips: readonly string[], stop: ReadonlySet<string>): Set<string> {
    const found = new Set<string>();
    const open = [...tips];
    while (open.length > 0) {
      const sha = open.pop()!;
      const commit = this.#commits.get(sha);
      if (commit && !found.has(sha) && !stop.has(sha)) {
        found.add(sha);
        open.push(...commit.parents);
      }
    }
    return found;
  }

  /**
   * What a commit has that none of the others has: each non-merge commit once, newest first.
   *
   * @param exclude - commits that are carried already, with all before them
   */
  range(include: string, exclude: readonly string[]): GitCommit[] {
    const carried = this.#ancestors(exclude, new Set());
    const added = this.#ancestors([include], carried);
    return [...this.#commits.values()].filter(
      commit => added.has(commit.sha) && commit.parents.length < 2,
    );
  }
}
