import { isCollection, isSeq, type Document, type Pair } from 'yaml';
import type { Layout } from './render';

/** How a document is laid out, as far as it shows; else as the rest of the world does it. */
export function layoutOf(document: Document.Parsed): Layout {
  let indentSeq: boolean | undefined;
  let indent: number | undefined;
  const visit = (node: unknown, parent: number) => {
    if (isCollection(node) && !node.flow) {
      const own = (node.srcToken as { indent?: number } | undefined)?.indent;
      if (own !== undefined && parent >= 0) {
        if (isSeq(node)) {
          indentSeq ??= own > parent;
        } else if (own > parent) {
          indent ??= own - parent;
        }
      }
      for (const item of node.items) {
        const value = isSeq(node) ? item : (item as Pair).value;
        visit(value, isSeq(node) ? -1 : own ?? -1);
      }
    }
  };
  visit(document.contents, -1);
  return { indent: indent ?? 2, indentSeq: indentSeq ?? true };
}
