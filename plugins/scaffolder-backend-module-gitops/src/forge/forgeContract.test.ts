import type { ContractTarget } from '../__testUtils__/ContractTarget';
import { giteaTargets } from '../__testUtils__/giteaTargets';
import {
  GITHUB_APP,
  REPLAYED_FORGES,
  startReplay,
} from '../__testUtils__/replayedForges';
import { openForgeRepository } from './openForgeRepository';

jest.setTimeout(120_000);

const HEAD = 'change-orders';
const FILE = 'deploy/overlays/dev/kustomization.yaml';
const CHANGE = {
  ...{ title: 'Change orders', body: 'Because of the **test**' },
  ...{ head: HEAD, base: 'main' },
};

const nothing = async () => {};
const exactly = (text: string) =>
  new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

/** The commits that the fixtures tell of. */
const COMMITS = {
  first: '6dcb09b5b57875f334f61aebed695e2e4193db5e',
  ci: '7fd1a60b01f91b314f59955a4e4d4e80d8edf11d',
  other: 'b4eecafa9be2f2006ce1b709d6857b07069b4608',
  merge: 'e5bd3914e2e596debea16f433f57875b5b90bcd6',
};

const replayed = Object.entries(REPLAYED_FORGES).map(
  ([name, forge]): [string, () => Promise<ContractTarget>] => [
    name,
    async () => {
      const { replay, integrations, stop } = await startReplay(forge, 'life');
      return {
        repository: openForgeRepository(forge.repoUrl, integrations),
        elsewhere: openForgeRepository(forge.elsewhere, integrations),
        pullUrl: exactly(forge.pullUrl),
        create: nothing,
        push: async () => COMMITS,
        pushBranch: nothing,
        merge: async () => COMMITS.merge,
        stop: async () => {
          await stop();
          return [...replay.surprises, ...replay.remaining];
        },
      };
    },
  ],
);

/**
 * What the actions rely on, of every kind of forge. Runs against the fake, against the Gitea,
 * Forgejo or playground that FAIRWAY_TEST_FORGE_URL names, and against what the other forges are
 * written down to answer.
 */
describe.each([...giteaTargets(FILE), ...replayed])(
  'a repository of %s',
  (_name, start) => {
    it('lives from nothing to nothing', async () => {
      const target = await start();
      const { repository, elsewhere } = target;
      expect(await repository.ownerExists()).toBe(true);
      expect(await elsewhere.ownerExists()).toBe(false);
      expect(await repository.find()).toBeUndefined();

      await target.create();
      expect(await repository.find()).toEqual({ defaultBranch: 'main' });
      expect(await repository.branches()).toEqual([]);

      const { first, ci, other } = await target.push();
      expect(await repository.branches()).toEqual([
        { name: 'main', commit: first },
      ]);
      const only = (after: string) =>
        repository.differsOnlyIn({ file: FILE, before: first, after });
      expect(await only(ci)).toBe(true);
      expect(await only(other)).toBe(false);

      // A change that is refused.
      expect(await repository.findPullRequest(CHANGE)).toBeUndefined();
      await target.pushBranch(HEAD);
      const pull = await repository.openPullRequest(CHANGE);
      expect(pull).toEqual({
        ...{ number: 1, state: 'open', head: HEAD },
        url: expect.stringMatching(target.pullUrl),
      });
      expect(await repository.findPullRequest(CHANGE)).toEqual(pull);
      expect(await repository.getPullRequest(1)).toEqual(pull);
      await repository.closePullRequest(1);
      expect(await repository.getPullRequest(1)).toEqual({
        ...pull,
        state: 'closed',
      });
      expect(await repository.findPullRequest(CHANGE)).toBeUndefined();
      await repository.closePullRequest(1);
      await repository.deleteBranch(HEAD);
      await repository.deleteBranch(HEAD);
      expect(await repository.branches()).toHaveLength(1);

      // One that is accepted.
      await target.pushBranch(HEAD);
      const { number } = await repository.openPullRequest(CHANGE);
      const mergeCommit = await target.merge(number);
      expect(await repository.getPullRequest(number)).toMatchObject({
        ...{ number: 2, state: 'merged', mergeCommit },
      });
      await expect(repository.getPullRequest(4711)).rejects.toMatchObject({
        name: 'InputError',
        message: expect.stringMatching(/ 4711, or the integration's user/),
      });

      await repository.delete();
      await repository.delete();
      expect(await repository.find()).toBeUndefined();
      expect(await target.stop()).toEqual([]);
    });
  },
);

describe.each(Object.entries(REPLAYED_FORGES))('%s', (_name, forge) => {
  it('tells Git where and as whom', async () => {
    const { replay, integrations, stop } = await startReplay(forge, 'life');
    const repository = openForgeRepository(forge.repoUrl, integrations);
    const at = (url: string) => url.replace('URL', replay.url);
    expect(repository.webUrl).toBe(at(forge.webUrl));
    expect(repository.cloneUrl).toBe(at(forge.cloneUrl));
    expect(await repository.credentials()).toEqual(forge.credentials);
    await stop();
  });
});

describe('a repository becomes read-only', () => {
  it.each(['GitHub', 'GitLab, with groups in groups', 'Bitbucket Server'])(
    'on %s',
    async name => {
      const forge = REPLAYED_FORGES[name];
      const { replay, integrations, stop } = await startReplay(
        forge,
        'archive',
      );
      await openForgeRepository(forge.repoUrl, integrations).archive?.();
      await stop();
      expect([...replay.surprises, ...replay.remaining]).toEqual([]);
    },
  );

  it.each(['Bitbucket Cloud', 'Azure DevOps'])('not on %s', async name => {
    const forge = REPLAYED_FORGES[name];
    const { integrations, stop } = await startReplay(forge, 'life');
    const repository = openForgeRepository(forge.repoUrl, integrations);
    await stop();
    expect(repository.archive).toBeUndefined();
  });
});

describe('trouble with a forge is told', () => {
  const open = async (name: string) => {
    const forge = REPLAYED_FORGES[name];
    const { replay, integrations, stop } = await startReplay(forge, 'trouble');
    const repository = openForgeRepository(forge.repoUrl, integrations);
    return {
      repository,
      finish: async () => {
        await stop();
        expect([...replay.surprises, ...replay.remaining]).toEqual([]);
      },
    };
  };
  const refuses = (call: Promise<unknown>, name: string, words: RegExp) =>
    expect(call).rejects.toMatchObject({
      name,
      message: expect.stringMatching(words),
    });
  const only = {
    ...{ file: FILE, before: COMMITS.first, after: COMMITS.ci },
  };

  it('by GitHub', async () => {
    const { repository, finish } = await open('GitHub');
    expect(await repository.branches()).toHaveLength(101);
    await refuses(
      repository.find(),
      'ServiceUnavailableError',
      /takes no more requests .* after 2026-01-01T00:00:00/,
    );
    await refuses(
      repository.find(),
      'ServiceUnavailableError',
      /try again in 60 seconds/,
    );
    await refuses(repository.find(), 'InputError', /has moved.*new name/);
    await refuses(
      repository.openPullRequest(CHANGE),
      'InputError',
      /pull request already exists/,
    );
    await refuses(
      repository.delete(),
      'ServiceUnavailableError',
      /Must have admin rights.*check its credentials/,
    );
    await refuses(
      repository.find(),
      'ServiceUnavailableError',
      /failed .*502.*try again/,
    );
    await finish();
  });

  it('by GitLab', async () => {
    const { repository, finish } = await open('GitLab, with groups in groups');
    expect(await repository.branches()).toHaveLength(101);
    await refuses(
      repository.find(),
      'ServiceUnavailableError',
      /try again in 30 seconds/,
    );
    await refuses(
      repository.openPullRequest(CHANGE),
      'ConflictError',
      /Another open merge request/,
    );
    await refuses(repository.find(), 'InputError', /redirects .*ledger/);
    await refuses(
      repository.find(),
      'ServiceUnavailableError',
      /insufficient_scope/,
    );
    expect(await repository.getPullRequest(3)).toMatchObject({
      ...{ state: 'merged', mergeCommit: COMMITS.merge },
    });
    expect(await repository.getPullRequest(4)).toMatchObject({ state: 'open' });
    await finish();
  });

  it('by Bitbucket Cloud', async () => {
    const { repository, finish } = await open('Bitbucket Cloud');
    expect(await repository.branches()).toHaveLength(2);
    await refuses(
      repository.find(),
      'ServiceUnavailableError',
      /no more requests .*in a few minutes/,
    );
    await refuses(
      repository.find(),
      'ServiceUnavailableError',
      /required privilege scopes/,
    );
    expect(await repository.differsOnlyIn(only)).toBe(false);
    await finish();
  });

  it('by Bitbucket Server', async () => {
    const { repository, finish } = await open('Bitbucket Server');
    expect(await repository.branches()).toHaveLength(2);
    expect(await repository.find()).toEqual({ defaultBranch: 'develop' });
    await refuses(
      repository.openPullRequest(CHANGE),
      'ConflictError',
      /Only one pull request may be open/,
    );
    await refuses(
      repository.closePullRequest(1),
      'ConflictError',
      /out-of-date information/,
    );
    await refuses(
      repository.find(),
      'ServiceUnavailableError',
      /try again in 1 seconds/,
    );
    await finish();
  });

  it('by Azure DevOps', async () => {
    const { repository, finish } = await open('Azure DevOps');
    expect(await repository.branches()).toHaveLength(2);
    await refuses(
      repository.find(),
      'ServiceUnavailableError',
      /\(203: .*check its credentials/,
    );
    await refuses(repository.find(), 'InputError', /needs a sign-in/);
    await refuses(
      repository.deleteBranch(HEAD),
      'ConflictError',
      /rejectedByPolicy/,
    );
    await refuses(
      repository.find(),
      'ServiceUnavailableError',
      /try again in 300 seconds/,
    );
    await finish();
  });

  it('and a GitHub App asks for a token, once', async () => {
    const { replay, integrations, stop } = await startReplay(GITHUB_APP, 'app');
    const open2 = () =>
      openForgeRepository(
        'github.example.com?owner=acme&repo=orders',
        integrations,
      );
    expect(await open2().find()).toEqual({ defaultBranch: 'main' });
    expect(await open2().credentials()).toEqual({
      username: 'x-access-token',
      password: 'ghs_installation',
    });
    await stop();
    expect([...replay.surprises, ...replay.remaining]).toEqual([]);
  });
});
