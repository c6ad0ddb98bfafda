const DIGITS = { s: 1, ms: 0, requests: 0 };

const number = (value, unit) =>
  value < 10 && unit === 'ms'
    ? value.toFixed(1)
    : value.toFixed(DIGITS[unit] ?? 1);

/** Adds what follows from a figure: the ratio to its baseline, and whether it is as promised. */
export function judged(figure) {
  const { value, baseline, expected, atMost } = figure;
  const ratio =
    baseline && baseline.value !== 0 ? value / baseline.value : undefined;
  const isAsExpected =
    (expected === undefined || value === expected) &&
    (atMost === undefined || value <= atMost);
  return {
    ...figure,
    ...(ratio === undefined ? {} : { ratio: Number(ratio.toFixed(3)) }),
    ...(expected === undefined && atMost === undefined
      ? {}
      : { ok: isAsExpected }),
  };
}

function promise({ expected, atMost, unit, ok }) {
  if (expected === undefined && atMost === undefined) {
    return '';
  }
  const text =
    expected === undefined ? `<= ${atMost} ${unit}` : `${expected} ${unit}`;
  return `${text}: ${ok ? 'yes' : 'NO'}`;
}

/** The figures of one measurement as a table for people. */
export function asTable({ name, input, figures, notes }) {
  const rows = [
    ['', 'measured', 'baseline', 'ratio', 'promised'],
    ...figures.map(figure => [
      figure.what,
      `${number(figure.value, figure.unit)} ${figure.unit}`,
      figure.baseline
        ? `${number(figure.baseline.value, figure.unit)} (${
            figure.baseline.what
          })`
        : '',
      figure.ratio === undefined ? '' : figure.ratio.toFixed(2),
      promise(figure),
    ]),
  ];
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map(row => row[column].length)),
  );
  return [
    `\n${name}  (${Object.entries(input)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')})`,
    ...rows.map(row =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')}`.trimEnd(),
    ),
    ...notes.map(note => `  - ${note}`),
  ].join('\n');
}
