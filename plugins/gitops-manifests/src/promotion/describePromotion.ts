import { codeSpan } from '../difference/safeMarkdown';
import type { PromotionItem } from './comparison';

/** Texts that are longer are shown by the rendered difference alone. */
const LONGEST_VALUE = 100;

/**
 * What a promotion changes, and what it leaves different, for people: lists in Markdown.
 *
 * @public
 */
export function describePromotion(items: ReadonlyArray<PromotionItem>): string {
  const promoted = items.filter(({ isSelected }) => isSelected);
  const left = items.filter(({ isSelected }) => !isSelected);
  return [
    promoted.length > 0
      ? promoted.map(describe).join('\n')
      : 'Nothing: both are the same.',
    ...(left.length > 0
      ? [
          `Not promoted, and still different:\n\n${left
            .map(describe)
            .join('\n')}`,
        ]
      : []),
  ].join('\n\n');
}

function describe({ kind, name, before, after }: PromotionItem): string {
  const words = `- ${kind} ${codeSpan(name)}`;
  const values = [before, after].filter(value => value !== undefined);
  if (after === undefined) {
    return `${words}: removed`;
  }
  if (before === undefined) {
    return `${words}: added`;
  }
  return values.every(
    value => value.length <= LONGEST_VALUE && !value.includes('\n'),
  )
    ? `${words}: ${codeSpan(before)} → ${codeSpan(after)}`
    : `${words}: changed`;
}
