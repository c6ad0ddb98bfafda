import { Scalar, stringify } from 'yaml';

/** How a file is laid out. */
export interface Layout {
  /** Spaces of one level. */
  indent: number;
  /** Whether lists stand deeper than their key. */
  indentSeq: boolean;
}

/** Go reads YAML 1.1 words such as "on" as booleans; this quotes them. */
const OPTIONS = { version: '1.1', lineWidth: 0 } as const;

/** Lines of a block at a column, with a newline at the end. */
export function renderBlock(
  value: unknown,
  layout: Layout & { column: number },
): string {
  const { indent, indentSeq, column } = layout;
  const pad = ' '.repeat(column);
  return stringify(value, { ...OPTIONS, indent, indentSeq })
    .split('\n')
    .map(line => (line === '' ? line : pad + line))
    .join('\n');
}

/** On one line, in braces. */
export function renderFlow(value: unknown, padding: boolean): string {
  return stringify(value, {
    ...OPTIONS,
    collectionStyle: 'flow',
    flowCollectionPadding: padding,
  })
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

/** One value on a line, quoted as the one that it replaces. */
export function renderScalar(
  value: unknown,
  type: Scalar['type'] | undefined,
): string {
  const scalar = new Scalar(value);
  if (
    typeof value === 'string' &&
    (type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE)
  ) {
    scalar.type = type;
  }
  // A block would need lines of its own.
  const text = stringify(scalar, { ...OPTIONS, blockQuote: false });
  return text.trimEnd();
}
