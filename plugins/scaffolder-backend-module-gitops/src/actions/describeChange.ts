import { shortenDifference, unfoldDifference } from '@fairway/gitops-manifests';
import type { ForgeRepository } from '../forge';

/** The description with the difference below it, as its forge shows it and as long as it takes. */
export function describeChange(
  input: { description?: string; difference?: string },
  forge: Pick<ForgeRepository, 'longestDescription' | 'unfolds'>,
): string {
  const { longestDescription, unfolds } = forge;
  const { description = '', difference } = input;
  const separator = description && difference ? '\n\n' : '';
  const room = longestDescription - description.length - separator.length;
  const shortened = difference ? shortenDifference(difference, room) : '';
  const shown = unfolds ? shortened : unfoldDifference(shortened);
  return `${description}${separator}${shown}`.slice(0, longestDescription);
}
