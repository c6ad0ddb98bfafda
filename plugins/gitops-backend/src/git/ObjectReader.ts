import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { gitEnvironment, GitError, startError } from './GitCommand';

/** One object of a repository. */
export interface GitObject {
  id: string;
  type: 'commit' | 'tree' | 'blob' | 'tag';
  content: Buffer;
}

/** One entry of a tree. */
export interface TreeEntry {
  name: string;
  id: string;
  kind: 'file' | 'directory' | 'other';
}

interface Waiting {
  name: string;
  resolve(object: GitObject | undefined): void;
  reject(error: Error): void;
}

const KEPT_OBJECTS = 4_000;
/** Manifests are small; a larger file is read again rather than kept. */
const KEPT_BYTES = 128 * 1024;
const IDLE_MS = 5_000;

/** Entries of a tree object: `<mode> <name>\0<20 or 32 bytes of id>`, again and again. */
export function parseTree({ id, content }: GitObject): TreeEntry[] {
  const idBytes = id.length / 2;
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    const mode = content.toString('latin1', at, space);
    let kind: TreeEntry['kind'] = 'other';
    if (mode === '40000') {
      kind = 'directory';
    } else if (mode.startsWith('100')) {
      kind = 'file';
    }
    entries.push({
      kind,
      name: content.toString('utf8', space + 1, end),
      id: content.toString('hex', end + 1, end + 1 + idBytes),
    });
    at = end + 1 + idBytes;
  }
  return entries;
}

/**
 * Reads objects of a repository through one `git cat-file --batch`, whatever their number.
 *
 * @remarks
 * Requests are answered in their order. Objects are kept by id, which never changes its content.
 * Nothing is fetched: an object that the clone does not have is `undefined`. The process ends by
 * itself when nothing was asked for a while.
 */
export class ObjectReader {
  readonly #directory: string;
  readonly #kept = new Map<string, GitObject>();
  readonly #waiting: Waiting[] = [];
  #process?: ChildProcessWithoutNullStreams;
  #chunks: Buffer[] = [];
  #size = 0;
  #needed = 0;
  #idle?: NodeJS.Timeout;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Reads an object by id or by any other name that Git knows, for example `<commit>^{tree}`.
   *
   * @param name - has no line break; checked by the caller to be no option
   */
  read(name: string): Promise<GitObject | undefined> {
    const kept = this.#kept.get(name);
    if (kept) {
      return Promise.resolve(kept);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, resolve, reject });
      this.#ensureProcess().stdin.write(`${name}\n`);
    });
  }

  /** Ends the process; it comes back when something is read. */
  close() {
    clearTimeout(this.#idle);
    const child = this.#process;
    this.#process = undefined;
    child?.stdin.end();
    this.#fail(
      new GitError('failed', 'The reader of the repository was closed'),
    );
  }

  #ensureProcess(): ChildProcessWithoutNullStreams {
    clearTimeout(this.#idle);
    if (this.#process) {
      return this.#process;
    }
    const child = spawn('git', ['cat-file', '--batch'], {
      cwd: this.#directory,
      env: gitEnvironment(),
    });
    this.#process = child;
    this.#chunks = [];
    this.#size = 0;
    this.#needed = 0;
    const ended = (error: Error) => {
      if (this.#process === child) {
        this.#process = undefined;
        this.#fail(error);
      }
    };
    child.stdin.on('error', () => {});
    child.stderr.resume();
    child.on('error', error => ended(startError(error)));
    child.on('close', () =>
      ended(new GitError('failed', 'git cat-file ended before its answer')),
    );
    child.stdout.on('data', (chunk: Buffer) => {
      if (this.#process === child) {
        this.#chunks.push(chunk);
        this.#size += chunk.length;
        if (this.#size >= this.#needed) {
          this.#drain();
        }
      }
    });
    return child;
  }

  #drain() {
    let buffer =
      this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#needed = 0;
    for (;;) {
      const end = buffer.indexOf(0x0a);
      if (end < 0) {
        break;
      }
      const header = buffer.toString('utf8', 0, end);
      const match = /^([0-9a-f]{40,64}) (commit|tree|blob|tag) (\d+)$/.exec(
        header,
      );
      const length = match ? end + 1 + Number(match[3]) + 1 : end + 1;
      if (buffer.length < length) {
        this.#needed = length;
        break;
      }
      this.#answer(
        match
          ? {
              id: match[1],
              type: match[2] as GitObject['type'],
              content: Buffer.from(buffer.subarray(end + 1, length - 1)),
            }
          : undefined,
      );
      buffer = buffer.subarray(length);
    }
    this.#chunks = buffer.length > 0 ? [buffer] : [];
    this.#size = buffer.length;
  }

  #answer(object: GitObject | undefined) {
    const waiting = this.#waiting.shift();
    if (object && object.content.length <= KEPT_BYTES) {
      this.#keep(object);
    }
    waiting?.resolve(object);
    if (this.#waiting.length === 0) {
      this.#idle = setTimeout(() => this.close(), IDLE_MS);
      this.#idle.unref();
    }
  }

  #keep(object: GitObject) {
    if (this.#kept.size >= KEPT_OBJECTS) {
      this.#kept.delete(this.#kept.keys().next().value!);
    }
    this.#kept.set(object.id, object);
  }

  #fail(error: Error) {
    for (const { reject } of this.#waiting.splice(0)) {
      reject(error);
    }
  }
}
