import type { RepositoryLocation } from './parseLocation';

/**
 * The page of a file of a repository, which the catalog reads it from.
 *
 * @param repository - `webUrl`: the page of the repository.
 */
export function pageOfFile(
  repository: { location: RepositoryLocation; webUrl: string; branch: string },
  file: string,
): string {
  const { location, webUrl, branch } = repository;
  switch (location.provider) {
    case 'gitea':
      return `${webUrl}/src/branch/${branch}/${file}`;
    case 'gitlab':
      return `${webUrl}/-/blob/${branch}/${file}`;
    case 'bitbucketCloud':
      return `${webUrl}/src/${branch}/${file}`;
    case 'bitbucketServer':
      return `${webUrl}/browse/${file}?at=${encodeURIComponent(branch)}`;
    case 'azure':
      return `${webUrl}?path=/${file}`;
    default:
      return `${webUrl}/blob/${branch}/${file}`;
  }
}
