const SAMPLES = 5;
/** Below this it explains nothing that people see. */
const WORTH_A_WORD_SECONDS = 30;
/** A skew that is said is said anew only when it changed by more. */
const STEADY_SECONDS = 5;

/** Learns from the answers of a cluster how far its clock is off. */
export class ClockSkew {
  readonly #samples: number[] = [];
  #said?: number;

  /** One answer: the time it bears, and when it was asked for and had (Unix time in ms). */
  add(answer: { date: Date; askedAt: number; answeredAt: number }): void {
    // A Date header has whole seconds, rounded down.
    const theirs = answer.date.getTime() + 500;
    const ours = (answer.askedAt + answer.answeredAt) / 2;
    this.#samples.push((theirs - ours) / 1000);
    if (this.#samples.length > SAMPLES) {
      this.#samples.shift();
    }
  }

  /** The seconds that the clock is ahead; undefined while that is not worth a word. */
  get seconds(): number | undefined {
    const sorted = [...this.#samples].sort((a, b) => a - b);
    const median = Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
    if (Math.abs(median) <= WORTH_A_WORD_SECONDS) {
      this.#said = undefined;
    } else if (
      this.#said === undefined ||
      Math.abs(median - this.#said) > STEADY_SECONDS
    ) {
      this.#said = median;
    }
    return this.#said;
  }
}
