import { classifyChange, type PastDeployment } from './classifyChange';
import { codeRoot, configurationRoot } from './CodeHistory';
import { commitsInTag, imageChange, versionOf } from './images';
import type { GitCommit } from './parseLog';
import { isHotfix, revertedCommits } from './repair';
import { gitSourceOf } from './SourceHistory';

const SHA = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';

function commit(subject: string, body = ''): GitCommit {
  return {
    sha: subject,
    parents: [],
    author: 'Ada',
    authorEmail: 'ada@example.com',
    authoredAt: '2026-05-01T00:00:00.000Z',
    committedAt: '2026-05-01T00:00:00.000Z',
    subject,
    body,
    files: [],
  };
}

function past(
  id: string,
  images: string[],
  more: Partial<PastDeployment> = {},
): PastDeployment {
  return {
    id,
    revision: id.repeat(40).slice(0, 40),
    images,
    succeeded: true,
    changed: true,
    commits: [],
    ...more,
  };
}

describe('classifyChange', () => {
  const facts = {
    images: ['orders:2'],
    earlier: [past('b', ['orders:2']), past('a', ['orders:1'])],
    configuration: [] as GitCommit[],
    code: [] as GitCommit[],
    wentBack: false,
  };

  it('tells releases, configuration and rollbacks apart', () => {
    expect(classifyChange({ ...facts, earlier: [] })).toEqual({
      kind: 'release',
      rework: false,
      undone: [],
    });
    expect(classifyChange(facts).kind).toBe('configuration');
    expect(classifyChange({ ...facts, images: ['orders:3'] }).kind).toBe(
      'release',
    );
    expect(
      classifyChange({
        ...facts,
        images: ['orders:1'],
        configuration: [commit('Back to 1')],
      }),
    ).toEqual({
      kind: 'rollback',
      rework: true,
      undone: [
        {
          deployment: facts.earlier[0],
          signal: 'rollback',
          reason: 'Back to 1',
        },
      ],
    });
    // Only one of two images is old: something new is released.
    expect(
      classifyChange({ ...facts, images: ['orders:1', 'proxy:9'] }).kind,
    ).toBe('release');
  });

  it('takes back the last deployment that changed something', () => {
    const untouched = past('c', ['orders:2'], { changed: false });
    const { undone } = classifyChange({
      ...facts,
      images: ['orders:1'],
      earlier: [untouched, ...facts.earlier],
    });
    expect(undone.map(one => one.deployment.id)).toEqual(['b']);
  });

  it('finds what a revert takes back, alone or within a release', () => {
    const carrier = past('b', ['orders:2'], { commits: [SHA] });
    const revert = commit('Revert "x"', `This reverts commit ${SHA}.`);
    const alone = classifyChange({
      ...facts,
      images: ['orders:3'],
      earlier: [carrier],
      configuration: [commit('Deploy 3')],
      code: [revert],
    });
    expect(alone).toMatchObject({
      kind: 'rollback',
      undone: [{ deployment: carrier, signal: 'revert' }],
    });
    const among = classifyChange({
      ...facts,
      images: ['orders:3'],
      earlier: [carrier],
      code: [revert, commit('More')],
    });
    expect(among).toMatchObject({
      kind: 'release',
      rework: true,
      undone: [{ deployment: carrier, signal: 'revert' }],
    });
    // Never deployed, so nothing is repaired.
    expect(
      classifyChange({
        ...facts,
        images: ['orders:3'],
        code: [revert, commit('More')],
      }),
    ).toMatchObject({ kind: 'release', rework: false, undone: [] });
  });

  it('counts hotfixes as rework that takes nothing back', () => {
    expect(
      classifyChange({
        ...facts,
        images: ['orders:3'],
        code: [commit('hotfix(price): round')],
      }),
    ).toEqual({ kind: 'release', rework: true, undone: [] });
  });
});

describe('what commits say', () => {
  it.each([
    ['hotfix: a', true],
    ['Hotfix(price): a', true],
    ['[hotfix] a', true],
    ['hot-fix the price', true],
    ["Merge branch 'hotfix/price' into main", true],
    ['Merge pull request #7 from shop/hotfix-price', true],
    ['fix: a', false],
    ['fix!: a', false],
    ['Document the hotfix process', false],
    ['hotfixture: a', false],
  ])('%s', (subject, expected) => {
    expect(isHotfix({ subject })).toBe(expected);
  });

  it('names the commits that it reverts', () => {
    const body = `This reverts commit ${SHA}, reversing\nchanges made to 1234567.`;
    expect(revertedCommits({ subject: 'Revert "x"', body })).toEqual([SHA]);
    expect(revertedCommits({ subject: 'Revert "Revert "x""', body })).toEqual(
      [],
    );
    expect(revertedCommits({ subject: 'Reapply "x"', body })).toEqual([]);
    expect(revertedCommits({ subject: 'Revert "x"', body: '' })).toEqual([]);
  });
});

describe('what tags, revisions and paths say', () => {
  it.each([
    ['1.9.42-a1b2c3d', ['a1b2c3d']],
    ['sha-a1b2c3d4', ['a1b2c3d4']],
    ['main-a1b2c3d-1700000000', ['1700000000', 'a1b2c3d']],
    ['v1.2.3-4-ga1b2c3d', ['a1b2c3d']],
    [SHA, [SHA]],
    ['1.2.3', []],
    ['latest', []],
  ])('%s', (tag, expected) => {
    expect(commitsInTag(tag)).toEqual(expected);
  });

  it('takes the version from the image that is named like the service', () => {
    const images = ['docker.io/envoy:3', 'registry:5000/shop/orders:1.2'];
    expect(versionOf(images, 'component:default/orders')).toBe('1.2');
    expect(versionOf(images)).toBe('3');
    expect(versionOf(['x@sha256:0123456789abcdef'])).toBe('0123456789ab');
    expect(versionOf([])).toBeUndefined();
    expect(versionOf(['a/orders:1', 'a/orders:2'])).toBeUndefined();
    expect(imageChange([], ['a:1'], [])).toBe('none');
  });

  it('knows sources in Git from others', () => {
    const repoUrl = 'https://git.example.com/a/b.git';
    expect(gitSourceOf({ repoUrl, path: './deploy/' })).toEqual({
      repoUrl,
      path: 'deploy',
    });
    expect(gitSourceOf({ repoUrl, chart: 'redis' })).toBeUndefined();
    expect(gitSourceOf({ repoUrl: 'oci://x/y', path: '.' })).toBeUndefined();
    expect(gitSourceOf({ path: 'x' })).toBeUndefined();
  });

  it.each([
    ['deploy/overlays/production', 'deploy', ''],
    [
      'services/orders/deploy/overlays/prod',
      'services/orders/deploy',
      'services/orders',
    ],
    ['deploy/chart', 'deploy', ''],
    ['k8s', 'k8s', ''],
  ])('%s', (path, configuration, code) => {
    expect(configurationRoot(path)).toBe(configuration);
    expect(codeRoot(path)).toBe(code);
  });
});
