/** One commit as `git log` tells it. */
export interface GitCommit {
  sha: string;
  parents: string[];
  author: string;
  authorEmail: string;
  /** ISO times in UTC. */
  authoredAt: string;
  committedAt: string;
  subject: string;
  body: string;
  /** Paths that it changed; of a merge only when the log looks at first parents. */
  files: string[];
}

const MARK = '\x01';
const FIELDS = 8;

/**
 * The format that {@link parseLog} reads: a mark, then the fields. All are separated by NUL, which
 * can be in no name and no message.
 */
export const LOG_FORMAT =
  '%x01%x00%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%s%x00%b%x00';

function isoTime(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString();
}

/** Reads what `git log -z --name-only` wrote. */
export function parseLog(output: string): GitCommit[] {
  const tokens = output.split('\0');
  const commits: GitCommit[] = [];
  for (let at = 0; at < tokens.length; ) {
    if (tokens[at] !== MARK) {
      const file = tokens[at++].replace(/^\n/, '');
      if (file !== '' && commits.length > 0) {
        commits[commits.length - 1].files.push(file);
      }
      continue;
    }
    const [sha, parents, author, authorEmail, authored, committed] =
      tokens.slice(at + 1, at + 7);
    commits.push({
      sha,
      parents: parents.split(' ').filter(Boolean),
      author,
      authorEmail,
      authoredAt: isoTime(authored),
      committedAt: isoTime(committed),
      subject: tokens[at + 7],
      body: tokens[at + 8].trim(),
      files: [],
    });
    at += FIELDS + 1;
  }
  return commits;
}
