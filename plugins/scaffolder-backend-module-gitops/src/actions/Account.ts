import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';

/** Keeps the account of what was undone and what remains, and says it in the log. */
export class Account {
  readonly undoneList: string[] = [];
  readonly remainsList: string[] = [];
  readonly #logger: LoggerService;

  constructor(logger: LoggerService) {
    this.#logger = logger;
  }

  undone(what: string): void {
    this.undoneList.push(what);
    this.#logger.info(`Undone: ${what}`);
  }

  remains(what: string): void {
    this.remainsList.push(what);
    this.#logger.warn(`Remains: ${what}`);
  }

  /** Undefined when it failed: that is part of the account, and stops nothing else. */
  async attempt<T>(
    what: string,
    undo: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await undo();
    } catch (error) {
      this.remains(`${what} could not be undone: ${stringifyError(error)}`);
      return undefined;
    }
  }

  /** @param what - what failed, for example "creation". */
  close(what: string): void {
    this.#logger.info(
      this.remainsList.length === 0
        ? `Nothing remains of the failed ${what}; correct what went wrong and start again`
        : 'Correct what went wrong; what remains is listed above',
    );
  }
}
