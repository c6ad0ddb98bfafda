import { pageOfFile } from './pageOfFile';
import type { RepositoryLocation } from './parseLocation';
import { repositoryByPath } from './repositoryByPath';

const beside = (
  provider: string,
  more: Partial<RepositoryLocation> = {},
): RepositoryLocation => ({
  provider,
  host: 'git.example.com',
  owner: 'payments',
  repo: 'orders',
  ...more,
});

describe('repositoryByPath', () => {
  it.each([
    ['gitea', 'a/b', 'owner=a&repo=b'],
    ['github', 'a/b', 'owner=a&repo=b'],
    ['gitlab', 'a/b', 'owner=a&repo=b'],
    ['gitlab', 'shop/a/b', 'owner=shop%2Fa&repo=b'],
    ['bitbucketCloud', 'a/b', 'workspace=a&repo=b&project=PAY'],
    ['bitbucketServer', 'PAY/b', 'project=PAY&repo=b'],
    ['azure', 'acme/my shop/b', 'organization=acme&project=my+shop&repo=b'],
  ])('of %s reads %s', (provider, text, query) => {
    expect(repositoryByPath(text, beside(provider, { project: 'PAY' }))).toBe(
      `git.example.com?${query}`,
    );
  });

  it('leaves the form of the scaffolder as it is', () => {
    const text = 'other.example.com?owner=a&repo=b';
    expect(repositoryByPath(text, beside('gitea'))).toBe(text);
  });

  it.each([
    ['gitea', 'a'],
    ['gitea', 'a/b/c'],
    ['gitea', 'a/'],
    ['gitlab', 'b'],
    ['azure', 'a/b'],
  ])('of %s refuses %s', (provider, text) => {
    expect(() => repositoryByPath(text, beside(provider))).toThrow(
      /names no repository of git.example.com; write it as/,
    );
  });

  it('keeps what would be another parameter inside of its own', () => {
    expect(repositoryByPath('a/b&owner=c', beside('gitea'))).toBe(
      'git.example.com?owner=a&repo=b%26owner%3Dc',
    );
  });
});

describe('pageOfFile', () => {
  const webUrl = 'https://git.example.com/payments/orders';
  it.each([
    ['gitea', '/src/branch/main/a/b.yaml'],
    ['github', '/blob/main/a/b.yaml'],
    ['gitlab', '/-/blob/main/a/b.yaml'],
    ['bitbucketCloud', '/src/main/a/b.yaml'],
    ['bitbucketServer', '/browse/a/b.yaml?at=main'],
    ['azure', '?path=/a/b.yaml'],
  ])('of %s is %s', (provider, page) => {
    expect(
      pageOfFile(
        { location: beside(provider), webUrl, branch: 'main' },
        'a/b.yaml',
      ),
    ).toBe(`${webUrl}${page}`);
  });
});
