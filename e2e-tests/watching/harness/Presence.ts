interface Span {
  from: number;
  to: number;
}

/** Since when, and until when, answers must show objects; times are Unix milliseconds. */
export class Presence {
  readonly #spans = new Map<string, Span>();

  /** These were seen: whoever asks from now on must be told of them. */
  seen(keys: Iterable<string>): void {
    const now = Date.now();
    for (const key of keys) {
      const span = this.#spans.get(key);
      if (!span || span.to < Infinity) {
        this.#spans.set(key, { from: now, to: Infinity });
      }
    }
  }

  /** It is being deleted: who asks may be told of it or not. */
  gone(key: string): void {
    const span = this.#spans.get(key);
    if (span) {
      span.to = Math.min(span.to, Date.now());
    }
  }

  /** All of them are being taken away, with their kind. */
  allGone(): void {
    [...this.#spans.keys()].forEach(key => this.gone(key));
  }

  /** What an answer must show that was asked for and had at these times. */
  required(askedAt: number, answeredAt: number): string[] {
    return [...this.#spans]
      .filter(([, { from, to }]) => from < askedAt && answeredAt < to)
      .map(([key]) => key);
  }
}
