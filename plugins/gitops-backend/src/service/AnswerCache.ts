import { LRUCache } from 'lru-cache';
import { PreparedAnswer } from './PreparedAnswer';

/** Compressed answers together. */
const MAX_BYTES = 32 * 1024 * 1024;
/** What an entry takes beside its answer. */
const OVERHEAD_BYTES = 500;

/** A question to {@link AnswerCache}. */
export interface CachedQuestion {
  /** Names what is asked, and everything that makes the answer differ between callers. */
  key: string;
  /** Names what the answer follows from; another version is another answer. */
  version: string;
  /** For how long an answer is good although nothing changed, because it speaks of times. */
  keepMs: number;
  compute(): Promise<unknown>;
}

interface Entry {
  version: string;
  until: number;
  answer: Promise<PreparedAnswer>;
  bytes: number;
}

/**
 * Answers as bytes: fifty readers of the same page cost one computation. It holds 32 MiB, and
 * forgets what was not asked for longest. A failure is kept by nobody but those who wait for it.
 */
export class AnswerCache {
  readonly #now: () => number;
  readonly #entries = new LRUCache<string, Entry>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ bytes }, key) => bytes + key.length + OVERHEAD_BYTES,
  });

  constructor(options: { now?: () => number } = {}) {
    this.#now = options.now ?? Date.now;
  }

  get({
    key,
    version,
    keepMs,
    compute,
  }: CachedQuestion): Promise<PreparedAnswer> {
    const known = this.#entries.get(key);
    if (known?.version === version && known.until > this.#now()) {
      return known.answer;
    }
    const answer = compute().then(value => PreparedAnswer.of(value));
    const entry: Entry = {
      ...{ version, answer, bytes: 0 },
      until: this.#now() + keepMs,
    };
    this.#entries.set(key, entry);
    const isCurrent = () => this.#entries.peek(key) === entry;
    answer.then(
      ({ gzip }) => {
        entry.bytes = gzip.byteLength;
        if (isCurrent()) {
          // Again, now that its size is known.
          this.#entries.delete(key);
          this.#entries.set(key, entry);
        }
      },
      () => {
        if (isCurrent()) {
          this.#entries.delete(key);
        }
      },
    );
    return answer;
  }
}
