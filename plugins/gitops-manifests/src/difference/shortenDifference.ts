const BLOCK = /^<details>\n[\s\S]*?^<\/details>\n/gm;

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
  for (const { 0: block, index } of blocks) {
    const summary = /<summary>(.*)<\/summary>/.exec(block)?.[1] ?? '';
    text = `${text.slice(0, index)}- ${summary}\n${text.slice(
      index + block.length,
    )}`;
    if (text.length + note.length <= limit) {
      return `${text}${note}`;
    }
  }
  return limit > note.length ? note : '';
}
