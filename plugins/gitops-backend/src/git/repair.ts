import type { GitCommit } from './parseLog';

type Message = Pick<GitCommit, 'subject' | 'body'>;

/**
 * The commits that a commit takes back, by the sentence that `git revert` writes. None for the
 * revert of a revert: that brings a change again, and repairs nothing.
 */
export function revertedCommits({ subject, body }: Message): string[] {
  if (/^(revert\W+revert|reapply)\b/i.test(subject)) {
    return [];
  }
  return [
    ...`${subject}\n${body}`.matchAll(
      /This reverts (?:merge )?commits? ([0-9a-f]{7,64})\b/gi,
    ),
  ].map(match => match[1].toLowerCase());
}

/**
 * Whether a commit says of itself that it repairs production in a hurry.
 *
 * @remarks
 * The rule: the subject begins with "hotfix" (`hotfix: …`, `hotfix(scope): …`, `[hotfix] …`,
 * "Hotfix the price"), or it merges a branch whose name has a part that begins with `hotfix`. An
 * ordinary `fix:` is planned work, and `fix!:` says that it breaks its users, not that it is urgent.
 */
export function isHotfix({ subject }: Pick<Message, 'subject'>): boolean {
  return (
    /^\W*hot-?fix\b/i.test(subject) ||
    /^merge (?:branch|pull request|remote-tracking branch)\b.*[\s'"/]hot-?fix\b/i.test(
      subject,
    )
  );
}

/** Whether two ids name the same commit, one of them perhaps shortened. */
export function sameCommit(a: string, b: string): boolean {
  return a.length >= 7 && b.length >= 7 && (a.startsWith(b) || b.startsWith(a));
}
