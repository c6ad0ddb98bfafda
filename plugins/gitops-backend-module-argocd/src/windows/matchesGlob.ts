/**
 * Whether a text matches a pattern as Argo CD matches sync windows: `*` and `**` stand for any
 * characters, `?` for one, `[abc]`, `[a-z]` and `[!a]` for one of a set, `{a,b}` for either, and
 * `\` takes the next character as it is. What cannot be read matches nothing.
 *
 * @remarks
 * The rules are those of the library that Argo CD uses (gobwas/glob, without separators).
 */
export function matchesGlob(pattern: string, text: string): boolean {
  if (pattern === '*') {
    return true;
  }
  const source = toRegExpSource(pattern);
  return source !== undefined && new RegExp(`^${source}$`, 'su').test(text);
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&');
}

function escapedInSet(character: string): string {
  return character === '-' ? '\\-' : escaped(character);
}

/** The set that begins after a `[`, and the index after its `]`. */
function readSet(
  characters: readonly string[],
  start: number,
): { source: string; end: number } | undefined {
  const end = characters.indexOf(']', start);
  const isNegated = characters[start] === '!';
  const items = characters.slice(isNegated ? start + 1 : start, end);
  if (end < 0 || items.length === 0) {
    return undefined;
  }
  const isRange = items.length === 3 && items[1] === '-';
  if (isRange && items[0] > items[2]) {
    return undefined;
  }
  const source = isRange
    ? `${escapedInSet(items[0])}-${escapedInSet(items[2])}`
    : items.map(escapedInSet).join('');
  return { source: `[${isNegated ? '^' : ''}${source}]`, end: end + 1 };
}

function toRegExpSource(pattern: string): string | undefined {
  // Many stars in a row say no more than one, and would take long to try.
  const characters = [...pattern.replace(/\*+/g, '*')];
  let source = '';
  let depth = 0;
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index];
    if (character === '[') {
      const set = readSet(characters, index + 1);
      if (!set) {
        return undefined;
      }
      source += set.source;
      index = set.end - 1;
    } else if (character === '\\') {
      index += 1;
      source += escaped(characters[index] ?? '\\');
    } else if (character === '{') {
      depth += 1;
      source += '(?:';
    } else if (character === '}' && depth > 0) {
      depth -= 1;
      source += ')';
    } else if (character === ',' && depth > 0) {
      source += '|';
    } else {
      source += { '*': '.*', '?': '.' }[character] ?? escaped(character);
    }
  }
  return depth === 0 ? source : undefined;
}
