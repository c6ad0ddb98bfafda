const CONTEXT = 3;
/** Texts that have less in common than this are told apart as a whole; the search is quadratic. */
const MOST_EDITS = 600;

interface Line {
  sign: ' ' | '-' | '+';
  text: string;
}

/**
 * The lines that differ between two texts, with three lines around them, as `diff -u` prints them
 * without its file names; empty when nothing differs.
 */
export function unifiedDiff(before: string, after: string): string {
  const lines = editScript(linesOf(before), linesOf(after));
  const shown = lines.map((_, index) =>
    lines
      .slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1)
      .some(({ sign }) => sign !== ' '),
  );
  const output: string[] = [];
  const numbers = { '-': 1, '+': 1 };
  for (const [index, { sign, text }] of lines.entries()) {
    if (shown[index]) {
      if (!shown[index - 1]) {
        output.push(hunkHeader(lines, { index, shown, numbers }));
      }
      output.push(`${sign}${text}`);
    }
    numbers['-'] += sign === '+' ? 0 : 1;
    numbers['+'] += sign === '-' ? 0 : 1;
  }
  return output.map(line => `${line}\n`).join('');
}

function hunkHeader(
  lines: Line[],
  at: {
    index: number;
    shown: boolean[];
    numbers: { '-': number; '+': number };
  },
): string {
  const end = at.shown.indexOf(false, at.index);
  const hunk = lines.slice(at.index, end < 0 ? undefined : end);
  const range = (sign: '-' | '+') => {
    const other = sign === '-' ? '+' : '-';
    const count = hunk.filter(line => line.sign !== other).length;
    return `${sign}${count === 0 ? 0 : at.numbers[sign]},${count}`;
  };
  return `@@ ${range('-')} ${range('+')} @@`;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') {
    lines.pop();
  }
  return lines;
}

function editScript(before: string[], after: string[]): Line[] {
  let start = 0;
  while (start < before.length && before[start] === after[start]) {
    start += 1;
  }
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before.at(-1 - end) === after.at(-1 - end)
  ) {
    end += 1;
  }
  const same = (text: string): Line => ({ sign: ' ', text });
  return [
    ...before.slice(0, start).map(same),
    ...shortestEdit(
      before.slice(start, before.length - end),
      after.slice(start, after.length - end),
    ),
    ...before.slice(before.length - end).map(same),
  ];
}

/** The greedy algorithm of Myers, "An O(ND) difference algorithm and its variations". */
function shortestEdit(before: string[], after: string[]): Line[] {
  const most = Math.min(before.length + after.length, MOST_EDITS);
  const trace: Array<Map<number, number>> = [];
  let reach = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(new Map(reach));
    const next = new Map(reach);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOf(reach, diagonal, edits);
      while (
        x < before.length &&
        x - diagonal < after.length &&
        before[x] === after[x - diagonal]
      ) {
        x += 1;
      }
      next.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) {
        return walkBack(before, after, trace);
      }
    }
    reach = next;
  }
  return [
    ...before.map(text => ({ sign: '-' as const, text })),
    ...after.map(text => ({ sign: '+' as const, text })),
  ];
}

/** Where a path of so many edits enters a diagonal: from above (an addition) or the left. */
function startOf(
  reach: Map<number, number>,
  diagonal: number,
  edits: number,
): number {
  const above = reach.get(diagonal + 1) ?? -1;
  const left = reach.get(diagonal - 1) ?? -1;
  const isAddition =
    diagonal === -edits || (diagonal !== edits && left < above);
  return isAddition ? above : left + 1;
}

function walkBack(
  before: string[],
  after: string[],
  trace: Array<Map<number, number>>,
): Line[] {
  const lines: Line[] = [];
  let x = before.length;
  let y = after.length;
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const diagonal = x - y;
    const start = startOf(trace[edits], diagonal, edits);
    while (x > start) {
      x -= 1;
      y -= 1;
      lines.push({ sign: ' ', text: before[x] });
    }
    if (edits === 0) {
      break;
    }
    const above = trace[edits].get(diagonal + 1) ?? -1;
    const left = trace[edits].get(diagonal - 1) ?? -1;
    if (diagonal === -edits || (diagonal !== edits && left < above)) {
      y -= 1;
      lines.push({ sign: '+', text: after[y] });
    } else {
      x -= 1;
      lines.push({ sign: '-', text: before[x] });
    }
  }
  return lines.reverse();
}
