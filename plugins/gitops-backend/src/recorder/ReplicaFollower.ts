import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { wait } from '../cluster/waiting';
import type { Recorder } from './Recorder';

/** How late what another replica recorded is noticed at most. */
const EVERY_MILLIS = 5_000;

/** Lets the recorder learn of what other replicas record, again and again. */
export class ReplicaFollower {
  readonly #recorder: Pick<Recorder, 'catchUp'>;
  readonly #logger: LoggerService;
  readonly #everyMillis: number;
  readonly #stopping = new AbortController();
  #loop?: Promise<void>;
  #isFailing = false;

  constructor(options: {
    recorder: Pick<Recorder, 'catchUp'>;
    logger: LoggerService;
    everyMillis?: number;
  }) {
    this.#recorder = options.recorder;
    this.#logger = options.logger;
    this.#everyMillis = options.everyMillis ?? EVERY_MILLIS;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#recorder.catchUp();
        this.#isFailing = false;
      } catch (error) {
        this.#failed(error);
      }
      await wait(this.#everyMillis, signal);
    }
  }

  #failed(error: unknown): void {
    if (!this.#isFailing) {
      this.#logger.warn(
        'What other replicas recorded cannot be read; facts of clusters that this one watches are not tied to their applications until it can',
        toError(error),
      );
    }
    this.#isFailing = true;
  }
}
