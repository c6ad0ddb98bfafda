import { NotFoundError } from '@backstage/errors';
import type { Label, PullRequest, RepositoryRecord } from './types';

/** What every repository has, as an organisation of the real forge can give it to its own. */
const OF_ALL: Label[] = [
  {
    id: 1,
    name: 'preview',
    color: '0b6b74',
    description: 'Deploys this pull request for as long as it is open',
  },
];

/** The labels that pull requests of a repository may have. */
export function labelsIn(record: RepositoryRecord): Label[] {
  return [...OF_ALL, ...(record.labels ?? [])];
}

/** The labels of a pull request. */
export function labelsOf(record: RepositoryRecord, pull: PullRequest): Label[] {
  return labelsIn(record).filter(({ name }) => pull.labels?.includes(name));
}

/**
 * The names of labels that are given by number or by name.
 *
 * @throws NotFoundError when the repository has no such label.
 */
export function labelNames(
  record: RepositoryRecord,
  wanted: ReadonlyArray<unknown>,
): string[] {
  return wanted.map(value => {
    const label = labelsIn(record).find(
      ({ id, name }) => id === value || name === value,
    );
    if (!label) {
      throw new NotFoundError(
        `${record.owner}/${record.name} has no label ${JSON.stringify(
          value,
        )}; make it first`,
      );
    }
    return label.name;
  });
}
