import { codeSpan } from '../difference/safeMarkdown';
import type { Renaming } from './renameEnvironment';

/**
 * What a new environment has in place of its sibling's names, for people: a list in Markdown.
 *
 * @public
 */
export function describeRenamings(renamings: ReadonlyArray<Renaming>): string {
  return renamings
    .map(({ file, at, from, to }) =>
      from.includes('\n')
        ? `- ${codeSpan(file)}, ${codeSpan(at)}: in a text of several lines`
        : `- ${codeSpan(file)}: ${codeSpan(from)} → ${codeSpan(to)}`,
    )
    .join('\n');
}
