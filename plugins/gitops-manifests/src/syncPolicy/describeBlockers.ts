import { codeSpan } from '../difference/safeMarkdown';
import type { MigrationBlocker } from './migrationBlockers';

const TITLES: Record<MigrationBlocker['kind'], string> = {
  delete: 'Would be deleted',
  revert: 'Would be set back',
  apply: 'Would be changed',
  health: 'Not healthy',
  unknown: 'Not known',
  order: 'Order',
};

/**
 * What stands in the way of a phase, for people: a list in Markdown.
 *
 * @public
 */
export function describeBlockers(
  blockers: ReadonlyArray<MigrationBlocker>,
): string {
  return blockers.length > 0
    ? blockers
        .map(
          ({ kind, message }) => `- **${TITLES[kind]}**: ${codeSpan(message)}`,
        )
        .join('\n')
    : 'Nothing stands in the way: nothing would be deleted, and nothing set back.';
}
