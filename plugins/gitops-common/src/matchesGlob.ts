/** Names have at most 253 characters; URLs of clusters, and patterns, may have some more. */
const MAXIMUM_LENGTH = 512;

type Test = (character: string) => boolean;

/**
 * One step of a pattern: a test of the next character, which leads to the step after it, or a
 * choice of steps that takes none.
 */
type Step = { test: Test; next: number } | { choice: number[] };

const ANY: Test = () => true;

/** Where the ways to match have come, each place once. */
class Places {
  readonly #steps: readonly Step[];
  /** The round in which each place was reached last. */
  readonly #reachedIn: Int32Array;
  #round = 1;
  #places: number[] = [];

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    this.#reachedIn = new Int32Array(steps.length + 1);
  }

  /** Adds a place, and all that can be reached from it without a character. */
  add(place: number): void {
    const waiting = [place];
    for (
      let index = waiting.pop();
      index !== undefined;
      index = waiting.pop()
    ) {
      if (this.#reachedIn[index] !== this.#round) {
        this.#reachedIn[index] = this.#round;
        this.#places.push(index);
        const step = this.#steps[index];
        if (step && 'choice' in step) {
          waiting.push(...step.choice);
        }
      }
    }
  }

  /** All of them, for the next round. */
  takeAll(): number[] {
    const places = this.#places;
    this.#places = [];
    this.#round += 1;
    return places;
  }
}

class PatternReader {
  readonly #characters: readonly string[];
  readonly #steps: Step[] = [];
  /** Braces that are open: the choice at their start, and those that lead to their end. */
  readonly #open: Array<{ start: number[]; ends: number[][] }> = [];
  #index = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  /** The steps of the pattern; undefined when it cannot be read. */
  read(): Step[] | undefined {
    while (this.#index < this.#characters.length) {
      const character = this.#characters[this.#index];
      this.#index += 1;
      if (!this.#take(character)) {
        return undefined;
      }
    }
    return this.#open.length === 0 ? this.#steps : undefined;
  }

  #take(character: string): boolean {
    const inBraces = this.#open.at(-1);
    const here = this.#steps.length;
    if (character === '[') {
      return this.#takeSet();
    }
    if (character === '{') {
      const start = this.#choose();
      start.push(here + 1);
      this.#open.push({ start, ends: [] });
    } else if (character === '}' && inBraces) {
      inBraces.ends.forEach(end => end.push(here));
      this.#open.pop();
    } else if (character === ',' && inBraces) {
      inBraces.ends.push(this.#choose());
      inBraces.start.push(here + 1);
    } else if (character === '*') {
      this.#choose().push(here + 1, here + 2);
      this.#steps.push({ test: ANY, next: here });
    } else {
      this.#expect(this.#testOf(character));
    }
    return true;
  }

  #testOf(character: string): Test {
    if (character === '?') {
      return ANY;
    }
    let literal = character;
    if (character === '\\') {
      literal = this.#characters[this.#index] ?? character;
      this.#index += 1;
    }
    return other => other === literal;
  }

  /** The set after a `[`; false when there is none. */
  #takeSet(): boolean {
    const end = this.#characters.indexOf(']', this.#index);
    const isNegated = this.#characters[this.#index] === '!';
    const items = this.#characters.slice(
      this.#index + (isNegated ? 1 : 0),
      end < 0 ? 0 : end,
    );
    const isRange = items.length === 3 && items[1] === '-';
    if (items.length === 0 || (isRange && items[0] > items[2])) {
      return false;
    }
    this.#index = end + 1;
    const has: Test = isRange
      ? other => items[0] <= other && other <= items[2]
      : other => items.includes(other);
    this.#expect(other => has(other) !== isNegated);
    return true;
  }

  #expect(test: Test): void {
    this.#steps.push({ test, next: this.#steps.length + 1 });
  }

  #choose(): number[] {
    const choice: number[] = [];
    this.#steps.push({ choice });
    return choice;
  }
}

/**
 * Whether a text matches a pattern as Argo CD matches sync windows and Velero namespaces: `*` and
 * `**` stand for any characters, `?` for one, `[abc]`, `[a-z]` and `[!a]` for one of a set, `{a,b}` for either, and
 * `\` takes the next character as it is. What cannot be read matches nothing, and so does what is
 * longer than anything that has a name.
 *
 * @remarks
 * The rules are those of the library that both use (gobwas/glob, without separators). Whoever
 * may change a project writes the patterns, so all ways to match are followed side by side, in
 * steps of at most the length of the pattern for each character, whatever stars it has.
 *
 * @public
 */
export function matchesGlob(pattern: string, text: string): boolean {
  if (pattern === '*') {
    return true;
  }
  if (pattern.length > MAXIMUM_LENGTH || text.length > MAXIMUM_LENGTH) {
    return false;
  }
  const steps = new PatternReader(pattern).read();
  return steps !== undefined && run(steps, text);
}

/** True when the text is used up at the end of the steps. */
function run(steps: readonly Step[], text: string): boolean {
  const places = new Places(steps);
  places.add(0);
  for (const character of text) {
    for (const index of places.takeAll()) {
      const step = steps[index];
      if (step && 'test' in step && step.test(character)) {
        places.add(step.next);
      }
    }
  }
  return places.takeAll().includes(steps.length);
}
