import { codeSpan } from '../difference/safeMarkdown';
import type { AdoptionDifference } from './adoptionDifferences';

const EFFECTS: Record<AdoptionDifference['effect'], string> = {
  create: 'would be created',
  change: 'would change',
  keep: 'runs on, and is not in Git',
};

/** More places of one object nobody reads. */
const MOST_PLACES = 10;

/**
 * What a first sync would do to what runs in an environment, for people: a list in Markdown.
 *
 * @public
 */
export function describeAdoption(
  environment: string,
  differences: ReadonlyArray<AdoptionDifference>,
): string {
  const lines = differences.map(({ object, effect, operations, restarts }) => {
    const places = operations
      .slice(0, MOST_PLACES)
      .map(({ op, path }) => codeSpan(`${op} ${path}`));
    const more = operations.length - places.length;
    return [
      `- ${codeSpan(object)} ${EFFECTS[effect]}`,
      ...(places.length > 0 ? [`: ${places.join(', ')}`] : []),
      ...(more > 0 ? [` and ${more} more`] : []),
      ...(restarts ? ['. **Its pods would restart**'] : []),
    ].join('');
  });
  return `**${environment}**\n\n${
    lines.length > 0 ? lines.join('\n') : 'What runs is what Git says.'
  }`;
}
