import { codeSpan } from './safeMarkdown';

const BLOCK =
  /^<details>\n<summary>(.*)<\/summary>\n([\s\S]*?)^<\/details>\n/gm;

/**
 * Makes what {@link renderDifference} wrote fit into fewer characters: the blocks that are too long
 * go, the last one first, and their headings stay as far as they fit.
 *
 * @public
 */
export function shortenDifference(markdown: string, limit: number): string {
  if (markdown.length <= limit) {
    return markdown;
  }
  const note =
    '\nThe rest is too long for a description of this forge; build the overlays of the branch to see it.\n';
  const blocks = [...markdown.matchAll(BLOCK)].reverse();
  let text = markdown;
  for (const { 0: block, 1: summary, index } of blocks) {
    text = `${text.slice(0, index)}- ${plainSummary(summary)}\n${text.slice(
      index + block.length,
    )}`;
    if (text.length + note.length <= limit) {
      return `${text}${note}`;
    }
  }
  return limit > note.length ? note : '';
}

/**
 * What {@link renderDifference} wrote, for forges whose Markdown has no blocks to unfold: with a
 * heading in place of each.
 *
 * @public
 */
export function unfoldDifference(markdown: string): string {
  return markdown.replace(
    BLOCK,
    (_block, summary: string, content: string) =>
      `#### ${plainSummary(summary)}\n${content}`,
  );
}

const ENTITIES: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&amp;': '&',
};

function plainSummary(summary: string): string {
  return summary.replace(/<code>(.*)<\/code>/, (_code, name: string) =>
    codeSpan(name.replace(/&\w+;/g, entity => ENTITIES[entity] ?? entity)),
  );
}
