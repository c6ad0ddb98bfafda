import { TestDatabases } from '@backstage/backend-test-utils';
import type { TestRepository } from './__testUtils__/GitForge';
import { overlayFile, serviceFiles } from './__testUtils__/overlay';
import { WorkerHarness } from './__testUtils__/WorkerHarness';

jest.setTimeout(60_000);

const OVERLAY = 'deploy/overlays/production';
const BRANCH = 'environments/production';
const MANIFESTS = 'orders';

/** Changes the tag of the overlay, as people do on the main branch. */
function write(repo: TestRepository, tag: string, at: string): string {
  return repo.commit({
    at,
    authoredAt: at.replace('T10', 'T09'),
    author: 'Grace',
    message: `Release ${tag}`,
    files: { [`${OVERLAY}/kustomization.yaml`]: overlayFile(tag) },
  });
}

/** What the commit server of Argo CD makes of a commit: another one, on a branch of its own. */
function hydrate(
  repo: TestRepository,
  options: { drySha?: string; at: string; inFolder?: boolean },
): string {
  const { drySha, at, inFolder } = options;
  const hasBranch = repo.run(['branch', '--list', BRANCH]) !== '';
  repo.run(['switch', '-q', ...(hasBranch ? [] : ['--orphan']), BRANCH]);
  const metadata = JSON.stringify({ repoURL: repo.url, drySha });
  const commit = repo.commit({
    at,
    author: 'Argo CD',
    message: '[Bot] Update production',
    files: {
      'README.md': `Rendered at ${at}`,
      'hydrator.metadata': inFolder ? 'not JSON' : metadata,
      [`${MANIFESTS}/manifest.yaml`]: `# rendered at ${at}\n`,
      [`${MANIFESTS}/hydrator.metadata`]: metadata,
    },
  });
  repo.run(['switch', '-q', 'main']);
  return commit;
}

describe('deployments of what the source hydrator rendered', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
  let harness: WorkerHarness;

  afterEach(async () => {
    await harness.stop();
  });

  it('are those of the people who wrote what was rendered', async () => {
    harness = await WorkerHarness.create({ databases });
    const repo = harness.forge.repository('orders');
    repo.commit({
      at: '2026-04-01T10:00:00Z',
      files: serviceFiles('deploy', { production: '1.0.0' }),
    });
    const one = write(repo, '1.1.0', '2026-04-02T10:00:00Z');
    const hydratedOne = hydrate(repo, {
      drySha: one,
      at: '2026-04-02T10:01:00Z',
    });
    const two = write(repo, '1.2.0', '2026-04-03T10:00:00Z');
    const three = write(repo, '1.3.0', '2026-04-04T10:00:00Z');
    const hydratedThree = hydrate(repo, {
      drySha: three,
      at: '2026-04-04T10:01:00Z',
      inFolder: true,
    });
    const back = repo.revert(three, { at: '2026-04-05T10:00:00Z' });
    const hydratedBack = hydrate(repo, {
      drySha: back,
      at: '2026-04-05T10:01:00Z',
    });
    // Its file says nothing; the engine does.
    const four = write(repo, '1.4.0', '2026-04-06T10:00:00Z');
    const hydratedFour = hydrate(repo, { at: '2026-04-06T10:01:00Z' });
    const five = write(repo, '1.5.0', '2026-04-07T10:00:00Z');
    const hydratedFive = hydrate(repo, {
      drySha: five,
      at: '2026-04-07T10:01:00Z',
    });
    const unsaid = hydrate(repo, { at: '2026-04-08T10:01:00Z' });

    await harness.observe(
      {
        id: 'orders',
        ...{ repoUrl: repo.url, path: MANIFESTS },
        dry: { repoUrl: repo.url, path: OVERLAY },
      },
      [
        {
          ...{ key: 'history/0', revision: hydratedOne },
          finishedAt: '2026-04-02T10:05:00.000Z',
          notCountedReason: 'adoption',
        },
        {
          ...{ key: 'history/1', revision: hydratedThree },
          finishedAt: '2026-04-04T10:05:00.000Z',
        },
        {
          ...{ key: 'history/2', revision: hydratedBack },
          finishedAt: '2026-04-05T10:05:00.000Z',
        },
        {
          ...{ key: 'history/3', revision: hydratedFour, originRevision: four },
          finishedAt: '2026-04-06T10:05:00.000Z',
        },
        {
          ...{ key: 'history/4', revision: hydratedFive },
          finishedAt: '2026-04-07T10:05:00.000Z',
        },
        {
          ...{ key: 'history/5', revision: unsaid },
          finishedAt: '2026-04-08T10:05:00.000Z',
        },
      ],
    );
    await harness.work();
    const told = (await harness.deployments('orders')).map(deployment => [
      deployment.source === 'git' ? 'git' : deployment.revision,
      deployment.kind,
      deployment.version,
      deployment.author,
      deployment.commits.map(({ sha }) => sha),
      deployment.failures.map(({ signal }) => signal),
    ]);
    expect(told).toEqual([
      // What was before the first sight is read where people write, too.
      ['git', 'release', '1.0.0', 'Ada', [], []],
      ['git', 'release', '1.1.0', 'Grace', [one], []],
      [hydratedOne, 'configuration', '1.1.0', 'Grace', [], []],
      [hydratedThree, 'release', '1.3.0', 'Grace', [three, two], ['revert']],
      [hydratedBack, 'rollback', '1.2.0', 'Ada', [], []],
      [hydratedFour, 'release', '1.4.0', 'Grace', [four], []],
      // The one before has what the engine said of it.
      [hydratedFive, 'release', '1.5.0', 'Grace', [five], []],
      [unsaid, 'configuration', unsaid.slice(0, 7), undefined, [], []],
    ]);
    const { commits } = await harness.deployment('orders', 'history/1');
    expect(commits[0]).toMatchObject({
      author: 'Grace',
      subject: 'Release 1.3.0',
      authoredAt: '2026-04-04T09:00:00.000Z',
    });
  });
});
