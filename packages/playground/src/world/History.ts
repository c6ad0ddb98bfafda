import { createHash } from 'node:crypto';
import type { Person } from '../forge';

/** A commit to make; times are milliseconds since 1970. */
export interface HistoryCommit {
  message: string;
  author: Person;
  at: number;
  /** When it was written, where that was before it was committed. */
  authoredAt?: number;
  /** Paths with new content, or `undefined` for what is removed. */
  files: Record<string, string | undefined>;
}

const hash = (type: string, body: Buffer) =>
  createHash('sha1').update(`${type} ${body.length}\0`).update(body).digest();

const seconds = (ms: number) => Math.floor(ms / 1000);
const signature = ({ name, email }: Person, ms: number) =>
  `${name} <${email}> ${seconds(ms)} +0000`;

/**
 * A Git history that is thought out in memory and written at once by `git fast-import`.
 *
 * Commit ids are computed as Git computes them, because later commits speak of earlier
 * ones (image tags, reverts); the import fails if one of them differs from Git's own.
 */
export class History {
  readonly #files = new Map<string, { content: string; blob: Buffer }>();
  /** Ids of folders that have not changed since they were computed. */
  readonly #trees = new Map<string, Buffer>();
  readonly #stream: string[] = [];
  readonly #marks = new Map<string, number>();
  /** The newest commit of main. */
  tip: string | undefined;
  /** Length of main by first parents: the run number of the next build. */
  length = 0;
  /** Time of the newest commit. */
  lastAt = 0;

  read(path: string): string {
    return this.#files.get(path)?.content ?? '';
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** Commits to main and returns the commit's id. */
  commit(commit: HistoryCommit): string {
    this.tip = this.#write(commit, this.tip ? [this.tip] : []);
    this.length += 1;
    return this.tip;
  }

  /** Commits to a branch that starts at main, and merges it with a merge commit. */
  merge(topic: HistoryCommit[], merge: Omit<HistoryCommit, 'files'>): string {
    const main = this.tip;
    if (!main) throw new Error('A history begins with a commit on main');
    let head = main;
    const files: HistoryCommit['files'] = {};
    for (const commit of topic) {
      head = this.#write(commit, [head]);
      Object.assign(files, commit.files);
    }
    this.tip = this.#write({ ...merge, files }, [main, head]);
    this.length += 1;
    return this.tip;
  }

  /** The input of `git fast-import`. */
  stream(): string {
    return `${this.#stream.join('')}done\n`;
  }

  #write(commit: HistoryCommit, parents: string[]): string {
    const { author, at, files } = commit;
    const authoredAt = Math.min(commit.authoredAt ?? at, at);
    for (const [path, content] of Object.entries(files)) {
      this.#forget(path);
      if (content === undefined) this.#files.delete(path);
      else {
        const blob = hash('blob', Buffer.from(content));
        this.#files.set(path, { content, blob });
      }
    }
    const message = `${commit.message.trimEnd()}\n`;
    const head = [
      `tree ${this.#tree('').toString('hex')}`,
      ...parents.map(parent => `parent ${parent}`),
      `author ${signature(author, authoredAt)}`,
      `committer ${signature(author, at)}`,
    ].join('\n');
    const id = hash('commit', Buffer.from(`${head}\n\n${message}`));
    const sha = id.toString('hex');
    const mark = this.#marks.size + 1;
    this.#marks.set(sha, mark);
    this.#stream.push(
      `commit refs/heads/main\nmark :${mark}\n`,
      `author ${signature(author, authoredAt)}\n`,
      `committer ${signature(author, at)}\n`,
      data(message),
      ...parents.map(
        (parent, index) =>
          `${index ? 'merge' : 'from'} :${this.#marks.get(parent)}\n`,
      ),
      ...Object.entries(files).map(([path, content]) =>
        content === undefined
          ? `D ${path}\n`
          : `M 100644 inline ${path}\n${data(content)}`,
      ),
      '\n',
    );
    this.lastAt = Math.max(this.lastAt, at);
    return sha;
  }

  #forget(path: string): void {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 0; depth <= parts.length; depth += 1) {
      this.#trees.delete(
        parts
          .slice(0, depth)
          .map(part => `${part}/`)
          .join(''),
      );
    }
  }

  #tree(folder: string): Buffer {
    const known = this.#trees.get(folder);
    if (known) return known;
    const entries = new Map<string, { mode: string; id: () => Buffer }>();
    for (const [path, { blob }] of this.#files) {
      if (!path.startsWith(folder)) continue;
      const rest = path.slice(folder.length);
      const slash = rest.indexOf('/');
      if (slash < 0) entries.set(rest, { mode: '100644', id: () => blob });
      else {
        const name = rest.slice(0, slash);
        const id = () => this.#tree(`${folder}${name}/`);
        entries.set(`${name}/`, { mode: '40000', id });
      }
    }
    // Git sorts a folder as if its name ended in a slash, by bytes.
    const sorted = [...entries].sort(([a], [b]) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    const body = sorted.map(([name, { mode, id }]) =>
      Buffer.concat([
        Buffer.from(`${mode} ${name.replace(/\/$/, '')}\0`),
        id(),
      ]),
    );
    const id = hash('tree', Buffer.concat(body));
    this.#trees.set(folder, id);
    return id;
  }
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
