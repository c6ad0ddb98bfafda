import { ConnectionError } from '@fairway/plugin-gitops-node';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Finds the objects of the array in `{"items": [...]}`, whatever pieces the text comes in. */
class ItemScanner {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #isArrayAtTwo = false;
  #item = '';
  #inItem = false;

  /** True when the document has been closed. */
  complete = false;

  *push(text: string): Generator<string> {
    let start = 0;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (this.#inString) {
        this.#readString(code);
      } else if (code === QUOTE) {
        this.#inString = true;
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (this.#opensItem(code)) {
          start = index;
        }
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        this.#depth -= 1;
        if (this.#inItem && this.#depth === 2) {
          this.#inItem = false;
          yield this.#item + text.slice(start, index + 1);
          this.#item = '';
        }
        this.complete = this.#depth === 0;
      }
    }
    if (this.#inItem) {
      this.#item += text.slice(start);
    }
  }

  #readString(code: number): void {
    if (this.#escaped) {
      this.#escaped = false;
    } else if (code === BACKSLASH) {
      this.#escaped = true;
    } else if (code === QUOTE) {
      this.#inString = false;
    }
  }

  /** Goes one deeper; true when an object of the array begins there. */
  #opensItem(code: number): boolean {
    this.#depth += 1;
    if (this.#depth === 2) {
      this.#isArrayAtTwo = code === OPEN_BRACKET;
    }
    const opens =
      this.#depth === 3 && this.#isArrayAtTwo && code === OPEN_BRACE;
    this.#inItem ||= opens;
    return opens;
  }
}

/**
 * The objects of a list as they come, so that an answer of hundreds of megabytes never stands in
 * memory as a whole. The only array right below the root of a Kubernetes list is its items.
 *
 * @throws ConnectionError `unreachable` when the answer ends too early or is no JSON
 */
export async function* readListItems(
  chunks: AsyncIterable<string>,
  where: string,
): AsyncGenerator<unknown> {
  const scanner = new ItemScanner();
  try {
    for await (const chunk of chunks) {
      for (const text of scanner.push(chunk)) {
        yield JSON.parse(text);
      }
    }
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new ConnectionError(
        'unreachable',
        `${where} answered with something that is no list; see that 'apiUrl' leads to Argo CD itself`,
        error,
      );
    }
    throw error;
  }
  if (!scanner.complete) {
    throw new ConnectionError(
      'unreachable',
      `The answer of ${where} broke off in the middle; it is asked again`,
    );
  }
}
