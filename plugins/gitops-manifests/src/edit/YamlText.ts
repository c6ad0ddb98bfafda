import { InputError } from '@backstage/errors';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments, type Document } from 'yaml';
import { deleteAt, setAt, type YamlPath } from './plainEdits';
import { deleteEdit, setEdit, type Edit } from './textEdits';

/**
 * A YAML file that is edited in place: whatever an edit is not about stays to the letter, with its
 * comments, its order, its quotes and its blank lines.
 *
 * @remarks
 * An edit changes a piece of the text, and the text is read again: it must say exactly what it
 * said before but for the edit. Where a piece cannot be found that does so (a merge key, an anchor
 * in between), the document is written anew, and where that would change something else, for
 * example what an alias points to, the edit is refused.
 *
 * @public
 */
export class YamlText {
  #text: string;
  readonly #name: string;
  readonly #document: number;

  private constructor(text: string, name: string, document: number) {
    this.#text = text;
    this.#name = name;
    this.#document = document;
  }

  /**
   * @param text - content of a file
   * @param options - `name`: how the file is called in errors; `where`: which document of a file
   * with several is edited, by its content, the first by default
   * @throws InputError when the text is no YAML, or has no such document
   */
  static parse(
    text: string,
    options: { name: string; where?: (value: unknown) => boolean },
  ): YamlText {
    const { name, where } = options;
    const documents = documentsOf(text, name);
    const index = where
      ? documents.findIndex(document => where(document.toJS()))
      : 0;
    if (index < 0 || documents.length === 0) {
      throw new InputError(
        where
          ? `${name} has no document of the kind that is to be changed`
          : `${name} is empty; there is nothing in it to change`,
      );
    }
    return new YamlText(text, name, index);
  }

  /** What the document says. */
  get value(): unknown {
    return this.#read().toJS();
  }

  /** What stands at a path; undefined where nothing does. */
  get(path: YamlPath): unknown {
    let value = this.value;
    for (const key of path) {
      value =
        typeof value === 'object' && value !== null
          ? (value as Record<string | number, unknown>)[key]
          : undefined;
    }
    return value;
  }

  /**
   * Sets what stands at a path. Missing maps on the way are made; an index that is the length of
   * its list appends.
   *
   * @throws InputError when the path leads through something that is no collection, or the edit
   * would change something else
   */
  set(path: YamlPath, value: unknown): this {
    const wanted = setAt(this.value, path, value, this.#name);
    if (!isDeepStrictEqual(wanted, this.value)) {
      this.#apply(
        document => setEdit(this.#text, document, path, value),
        document => document.setIn(path, document.createNode(value)),
        wanted,
      );
    }
    return this;
  }

  /** Takes away what stands at a path; nothing happens where nothing does. */
  delete(path: YamlPath): this {
    if (this.get(path) !== undefined) {
      this.#apply(
        document => deleteEdit(this.#text, document, path),
        document => document.deleteIn(path),
        deleteAt(this.value, path),
      );
    }
    return this;
  }

  toString(): string {
    return this.#text;
  }

  #read(): Document.Parsed {
    return documentsOf(this.#text, this.#name)[this.#document];
  }

  #apply(
    inPlace: (document: Document.Parsed) => Edit | undefined,
    anew: (document: Document.Parsed) => void,
    wanted: unknown,
  ): void {
    const edit = inPlace(this.#read());
    const candidates = [
      () => edit && spliced(this.#text, edit),
      () => this.#rewritten(anew),
    ];
    for (const candidate of candidates) {
      const text = candidate();
      if (text !== undefined && this.#says(text, wanted)) {
        this.#text = text;
        return;
      }
    }
    throw new InputError(
      `${
        this.#name
      } cannot be changed without changing something else in it, for example what an anchor is used for; change it by hand`,
    );
  }

  /** The whole document anew; others of the file stay. */
  #rewritten(change: (document: Document.Parsed) => void): string | undefined {
    const document = this.#read();
    try {
      change(document);
    } catch {
      return undefined;
    }
    const [start, , end] = document.range;
    const body = document.toString({ lineWidth: 0 });
    return spliced(this.#text, { from: start, to: end, text: body });
  }

  #says(text: string, wanted: unknown): boolean {
    const before = documentsOf(this.#text, this.#name);
    let after: Document.Parsed[];
    try {
      after = documentsOf(text, this.#name);
    } catch {
      return false;
    }
    return (
      after.length === before.length &&
      after.every((document, index) =>
        isDeepStrictEqual(
          document.toJS(),
          index === this.#document ? wanted : before[index].toJS(),
        ),
      )
    );
  }
}

function documentsOf(text: string, name: string): Document.Parsed[] {
  const documents = parseAllDocuments(text, { keepSourceTokens: true });
  const found = Array.isArray(documents) ? documents : [];
  for (const { errors } of found) {
    if (errors.length > 0) {
      throw new InputError(
        `${name} is no valid YAML: ${errors[0].message.split('\n')[0]}`,
      );
    }
  }
  return found as Document.Parsed[];
}

function spliced(text: string, { from, to, text: piece }: Edit): string {
  return text.slice(0, from) + piece + text.slice(to);
}
