import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(60_000);

const { forge, run, write } = useActions();

describe('gitops:creation:undo', () => {
  const undo = (input: object) => run('gitops:creation:undo', input);
  const location = () => ({
    repoUrl: `${forge.host}?owner=payments&repo=orders`,
    repositoryWasFree: true,
  });

  it('deletes a repository that is empty', async () => {
    forge.createRepository('payments/orders');
    const { output } = await undo(location());
    expect(output).toEqual({
      undone: [`the repository ${forge.url}/payments/orders is deleted`],
      remains: [],
    });
    expect(forge.exists('payments/orders')).toBe(false);
  });

  it('closes the pull request and deletes what only this task pushed', async () => {
    forge.createRepository('payments/orders');
    const publishedCommit = forge.commit('payments/orders');
    write('registration/a.yaml', 'a: 1\n');
    const { output: pull } = await run('gitops:pull-request:open', {
      sourcePath: './registration',
      branch: 'b',
      title: 'T',
    });

    const { output } = await undo({
      ...location(),
      publishedCommit,
      pullRequestNumber: pull.number,
    });

    expect(output.remains).toEqual([]);
    expect(forge.exists('payments/orders')).toBe(false);
    expect(forge.pulls('platform/gitops')[0].state).toBe('closed');
    expect(forge.branches('platform/gitops')).toEqual(['main']);
  });

  it('deletes what only CI has pushed to since', async () => {
    const overlay = 'deploy/overlays/dev/kustomization.yaml';
    const others = {
      'README.md': 'a',
      'deploy/base/a.yaml': 'a',
      'deploy/overlays/dev/b.yaml': 'b',
      'deploy/overlays/staging/kustomization.yaml': 'c',
    };
    forge.createRepository('payments/orders');
    const commit = (files: Record<string, string>) =>
      forge.commit('payments/orders', 'main', { ...others, ...files });
    const publishedCommit = commit({ [overlay]: 'newTag: 0.1.0' });

    for (const changed of Object.keys(others)) {
      commit({ [overlay]: 'newTag: 0.1.1', [changed]: 'by a person' });
      await undo({ ...location(), publishedCommit });
      expect(forge.exists('payments/orders')).toBe(true);
    }
    commit({ [overlay]: 'newTag: 0.1.1' });
    await undo({ ...location(), publishedCommit });
    expect(forge.exists('payments/orders')).toBe(false);
  });

  it('keeps a repository that somebody else has pushed to', async () => {
    forge.createRepository('payments/orders');
    const publishedCommit = forge.commit('payments/orders');
    forge.commit('payments/orders', 'feature');
    const { output } = await undo({ ...location(), publishedCommit });
    expect(output.undone).toEqual([]);
    expect(output.remains.join()).toMatch(/commits that this task did not/);
    expect(forge.exists('payments/orders')).toBe(true);
  });

  it('keeps a repository that was there before', async () => {
    forge.createRepository('payments/orders');
    await undo({ ...location(), repositoryWasFree: undefined });
    expect(forge.exists('payments/orders')).toBe(true);
  });

  it('keeps what is registered, and says what remains', async () => {
    forge.createRepository('payments/orders');
    write('registration/a.yaml', 'a: 1\n');
    await run('gitops:pull-request:open', {
      sourcePath: './registration',
      branch: 'b',
      title: 'T',
    });
    forge.merge('platform/gitops', 1);

    const { output } = await undo({
      ...location(),
      pullRequestNumber: 1,
      entityRef: 'component:default/orders',
    });

    expect(output.undone).toEqual([]);
    expect(output.remains).toEqual([
      expect.stringMatching(/pull request is merged .*pulls\/1/),
      expect.stringMatching(/payments\/orders remains/),
      expect.stringMatching(/component:default\/orders/),
    ]);
    expect(forge.exists('payments/orders')).toBe(true);
  });

  it('says what it could not undo, and touches nothing that depends on it', async () => {
    forge.createRepository('payments/orders');
    forge.faults.set('GET /api/v1/repos/platform/gitops/pulls/1', 503);
    const { output } = await undo({ ...location(), pullRequestNumber: 1 });
    expect(output.remains.join()).toMatch(/pull request could not be undone/);
    expect(forge.exists('payments/orders')).toBe(true);
  });

  it('has nothing to do when nothing was made', async () => {
    const { output } = await undo({});
    expect(output).toEqual({ undone: [], remains: [] });
  });
});
