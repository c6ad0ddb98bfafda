import { stringify } from 'yaml';
import type { RenderedObject } from '../kustomize';
import { redactSecret } from '../secrets/redactSecret';
import { objectTitle, type ObjectsDifference } from './compareObjects';
import { asPlainText, codeBlock, codeSpan, escapeHtml } from './safeMarkdown';
import { unifiedDiff } from './unifiedDiff';

/** What differs in one environment. @public */
export interface EnvironmentDifference {
  /** Name of the environment, or of the folder where there is none. */
  name: string;
  difference: ObjectsDifference;
  /** Why there is nothing to compare with, when there is nothing. */
  note?: string;
}

/** GitHub takes 65,536 characters for a description; some are left for the description itself. */
const DEFAULT_LIMIT = 60_000;
/** No list of objects is read to its end when it is longer. */
const LONGEST_LIST = 100;

/**
 * What a change does to the rendered objects, as Markdown for the description of a pull request:
 * one block to unfold per environment, with lists of what is added and removed, and a diff of each
 * object that changes. Values of Secrets are not shown. What does not fit is said.
 *
 * @public
 */
export function renderDifference(
  environments: ReadonlyArray<EnvironmentDifference>,
  options: { limit?: number } = {},
): string {
  const limit = options.limit ?? DEFAULT_LIMIT;
  const changed = environments.filter(hasContent);
  const heading = '### What changes in the cluster\n';
  if (changed.length === 0) {
    return `${heading}\nNo rendered object changes.\n`;
  }
  const same = environments.filter(one => !hasContent(one));
  const footer =
    same.length > 0
      ? `\nNothing changes in ${listed(same.map(one => one.name))}.\n`
      : '';
  let room = limit - heading.length - footer.length;
  const blocks: string[] = [];
  const left: string[] = [];
  for (const [index, environment] of changed.entries()) {
    // A long first environment leaves its share to the others.
    const share = room / (changed.length - index);
    const block = renderEnvironment(environment, share);
    if (block.length > share) {
      left.push(environment.name);
    } else {
      blocks.push(block);
      room -= block.length;
    }
  }
  const cut =
    left.length > 0
      ? `\nNot shown, because it is too long: ${listed(left)}.\n`
      : '';
  return `${[heading, ...blocks].join('\n')}${footer}${cut}`;
}

function hasContent({ difference, note }: EnvironmentDifference): boolean {
  const { added, changed, removed } = difference;
  return (
    note !== undefined || [added, changed, removed].some(one => one.length)
  );
}

function listed(names: string[]): string {
  const shown = names.slice(0, LONGEST_LIST).map(codeSpan).join(', ');
  return names.length > LONGEST_LIST
    ? `${shown} and ${names.length - LONGEST_LIST} more`
    : shown;
}

function renderEnvironment(
  { name, difference, note }: EnvironmentDifference,
  room: number,
): string {
  const { added, changed, removed } = difference;
  const counts = [
    `${added.length} added`,
    `${changed.length} changed`,
    `${removed.length} removed`,
  ];
  const start = `<details>\n<summary><code>${escapeHtml(
    name,
  )}</code>: ${counts.join(', ')}</summary>\n`;
  const end = '\n</details>\n';
  const parts = [
    ...(note ? [`\n${codeBlock(indented(note), '')}`] : []),
    ...(added.length > 0 ? [`\nAdded: ${titles(added)}\n`] : []),
    ...(removed.length > 0 ? [`\nRemoved: ${titles(removed)}\n`] : []),
  ];
  let length = [start, ...parts, end].join('').length;
  const left: RenderedObject[] = [];
  const omission = () =>
    left.length > 0
      ? `\nChanged, and too long to be shown: ${titles(left)}\n`
      : '';
  for (const { before, after } of changed) {
    // A description is copied and mailed around; what is secret had better not be in it again.
    const diff = unifiedDiff(
      toYaml(redactSecret(before)),
      toYaml(redactSecret(after, before)),
    );
    const part = `\n${codeSpan(objectTitle(after))}\n\n${codeBlock(
      diff || '(only values that are not shown)\n',
      'diff',
    )}`;
    if (length + part.length + omission().length > room) {
      left.push(after);
    } else {
      parts.push(part);
      length += part.length;
    }
  }
  return [start, ...parts, omission(), end].join('');
}

/** Indented, so that no line of it begins like one of ours. */
function indented(note: string): string {
  return asPlainText(note).slice(0, 2000).replace(/^/gm, '  ');
}

function titles(objects: RenderedObject[]): string {
  return listed(objects.map(objectTitle));
}

function toYaml(object: RenderedObject): string {
  return asPlainText(
    stringify(object, {
      version: '1.1',
      lineWidth: 0,
      sortMapEntries: true,
      aliasDuplicateObjects: false,
    }),
  );
}
