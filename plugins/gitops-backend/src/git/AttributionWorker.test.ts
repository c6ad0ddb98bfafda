import { TestDatabases } from '@backstage/backend-test-utils';
import { failureId } from '../store';
import type { TestRepository } from './__testUtils__/GitForge';
import { overlayFile, serviceFiles } from './__testUtils__/overlay';
import {
  waitUntil,
  WorkerHarness,
  type TestDeployment,
} from './__testUtils__/WorkerHarness';

jest.setTimeout(180_000);

const OVERLAY = 'deploy/overlays/production';
const KUSTOMIZATION = `${OVERLAY}/kustomization.yaml`;

/** What the CI of a service does: pins the image that it built from a commit. */
function pin(
  repo: TestRepository,
  options: { version: string; from: string; at: string },
) {
  const tag = `${options.version}-${options.from.slice(0, 7)}`;
  return repo.commit({
    at: options.at,
    author: 'ci',
    message: `Deploy ${options.version} to production`,
    files: { [KUSTOMIZATION]: overlayFile(tag) },
  });
}

/** A month of a service whose code and manifests share a repository. */
function history(repo: TestRepository) {
  const first = repo.commit({
    at: '2026-04-01T10:00:00Z',
    files: {
      'src/main.ts': '0',
      ...serviceFiles('deploy', { production: '1.0.0' }),
    },
  });
  const a1 = repo.commit({
    at: '2026-04-02T10:00:00Z',
    files: { 'src/a': '1' },
  });
  const a2 = repo.commit({
    at: '2026-04-02T11:00:00Z',
    files: { 'src/a': '2' },
  });
  const one = pin(repo, {
    version: '1.1.0',
    from: a2,
    at: '2026-04-02T12:00:00Z',
  });
  const b1 = repo.commit({
    at: '2026-04-08T10:00:00Z',
    files: { 'src/b': '1' },
  });
  const two = pin(repo, {
    version: '1.2.0',
    from: b1,
    at: '2026-04-08T12:00:00Z',
  });
  const back = repo.revert(two, { at: '2026-04-08T12:40:00Z' });
  const docs = repo.commit({
    at: '2026-04-09T10:00:00Z',
    files: { 'README.md': 'x' },
  });
  const base = repo.commit({
    at: '2026-04-10T10:00:00Z',
    message: 'More memory',
    files: {
      'deploy/base/kustomization.yaml':
        'kind: Kustomization\nresources: [deployment.yaml]\nnamePrefix: x\n',
    },
  });
  const h1 = repo.commit({
    at: '2026-04-11T10:00:00Z',
    message: 'hotfix: the price',
    files: { 'src/c': '1' },
  });
  const three = pin(repo, {
    version: '1.2.1',
    from: h1,
    at: '2026-04-11T11:00:00Z',
  });
  const head = repo.commit({
    at: '2026-04-12T10:00:00Z',
    files: { 'README.md': 'y' },
  });
  return { first, a1, a2, one, b1, two, back, docs, base, h1, three, head };
}

describe('AttributionWorker', () => {
  const databases = TestDatabases.create({
    ids: process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
      ? ['SQLITE_3', 'POSTGRES_15']
      : ['SQLITE_3'],
  });
  let harness: WorkerHarness;

  afterEach(async () => {
    await harness.stop();
  });

  it.each(databases.eachSupportedId())(
    'reads the history of a new application, then follows it (%s)',
    async databaseId => {
      harness = await WorkerHarness.create({ databases, databaseId });
      const repo = harness.forge.repository('orders');
      const past = history(repo);
      const application = { id: 'orders', repoUrl: repo.url, path: OVERLAY };
      await harness.observe(application, [
        {
          key: 'history/0',
          revision: past.head,
          finishedAt: '2026-05-01T00:00:00.000Z',
          notCountedReason: 'adoption',
        },
      ]);
      await harness.work();

      const deployments = await harness.deployments('orders');
      expect(
        deployments.map(one => [
          one.source,
          one.revision,
          one.kind,
          one.rework,
          one.counted ? 'counted' : one.notCountedReason,
          one.version,
          one.attribution,
          one.commits.map(commit => commit.sha),
        ]),
      ).toEqual([
        [
          'git',
          past.first,
          'release',
          false,
          'adoption',
          '1.0.0',
          'configuration',
          [],
        ],
        [
          'git',
          past.one,
          'release',
          false,
          'counted',
          `1.1.0-${past.a2.slice(0, 7)}`,
          // The commit of 1.0.0 is not known, so neither is where the code of 1.1.0 begins.
          'configuration',
          [past.one],
        ],
        [
          'git',
          past.two,
          'release',
          false,
          'counted',
          `1.2.0-${past.b1.slice(0, 7)}`,
          'image-tag',
          [past.b1],
        ],
        [
          'git',
          past.back,
          'rollback',
          true,
          'counted',
          `1.1.0-${past.a2.slice(0, 7)}`,
          'configuration',
          [],
        ],
        [
          'git',
          past.base,
          'configuration',
          false,
          'counted',
          `1.1.0-${past.a2.slice(0, 7)}`,
          'configuration',
          [past.base],
        ],
        [
          'git',
          past.three,
          'release',
          true,
          'counted',
          `1.2.1-${past.h1.slice(0, 7)}`,
          'image-tag',
          [past.h1, past.docs],
        ],
        [
          'observed',
          past.head,
          'configuration',
          false,
          'adoption',
          `1.2.1-${past.h1.slice(0, 7)}`,
          'configuration',
          [],
        ],
      ]);
      expect(deployments[2]).toMatchObject({
        finishedAt: '2026-04-08T12:00:00.000Z',
        author: 'ci',
        subject: 'Deploy 1.2.0 to production',
        previousRevision: past.one,
        commits: [
          {
            repoUrl: repo.url,
            author: 'Ada',
            authoredAt: '2026-04-08T10:00:00.000Z',
            url: `http://${harness.forge.host}/orders/commit/${past.b1}`,
          },
        ],
        failures: [
          {
            signal: 'revert',
            startedAt: '2026-04-08T12:00:00.000Z',
            endedAt: '2026-04-08T12:40:00.000Z',
          },
        ],
      });
      await waitUntil(() => harness.changes.length > 0);
      expect(harness.changes[0]).toEqual({
        applicationIds: ['orders'],
        entityRefs: ['component:default/orders'],
      });

      // Two versions at once, the first of which was never deployed; a merged branch.
      repo.run(['checkout', '-q', '-b', 'feature']);
      const f1 = repo.commit({
        at: '2026-05-02T09:00:00Z',
        files: { 'src/d': '1' },
      });
      const f2 = repo.commit({
        at: '2026-05-02T09:30:00Z',
        files: { 'src/d': '2' },
      });
      repo.run(['checkout', '-q', 'main']);
      const merged = repo.merge('feature', { at: '2026-05-02T10:00:00Z' });
      pin(repo, { version: '1.3.0', from: merged, at: '2026-05-02T10:05:00Z' });
      const g1 = repo.commit({
        at: '2026-05-02T10:30:00Z',
        files: { 'src/e': '1' },
      });
      const four = pin(repo, {
        version: '1.4.0',
        from: g1,
        at: '2026-05-02T11:00:00Z',
      });
      const readme = repo.commit({
        at: '2026-05-03T10:00:00Z',
        files: { 'README.md': 'z' },
      });
      // By hand, not by `git revert`.
      const undo = pin(repo, {
        version: '1.2.1',
        from: past.h1,
        at: '2026-05-04T10:00:00Z',
      });
      await harness.observe(application, [
        {
          key: 'history/1',
          revision: four,
          finishedAt: '2026-05-02T11:01:00.000Z',
        },
        {
          key: 'history/2',
          revision: readme,
          finishedAt: '2026-05-03T10:01:00.000Z',
        },
        {
          key: 'history/3',
          revision: undo,
          finishedAt: '2026-05-04T10:01:00.000Z',
        },
        // The engine is told to go back to an older revision.
        {
          key: 'history/4',
          revision: past.base,
          finishedAt: '2026-05-05T10:01:00.000Z',
        },
      ]);
      const broken = await harness.deployment('orders', 'history/1');
      await harness.store.putFailure({
        id: failureId(broken.id, 'health'),
        deploymentId: broken.id,
        applicationId: 'orders',
        signal: 'health',
        reason: 'Degraded',
        startedAt: '2026-05-02T11:05:00.000Z',
        endedAt: '2026-05-04T10:02:00.000Z',
      });
      await harness.work();

      const release = await harness.deployment('orders', 'history/1');
      expect(release).toMatchObject({
        kind: 'release',
        counted: true,
        attribution: 'image-tag',
        previousVersion: `1.2.1-${past.h1.slice(0, 7)}`,
        subject: 'Deploy 1.4.0 to production',
      });
      expect(release.commits.map(commit => commit.sha).sort()).toEqual(
        [f1, f2, g1, past.head].sort(),
      );
      expect(
        release.failures.map(({ signal, startedAt, endedAt }) => [
          signal,
          startedAt,
          endedAt,
        ]),
      ).toEqual(
        expect.arrayContaining([
          ['health', '2026-05-02T11:05:00.000Z', '2026-05-04T10:02:00.000Z'],
          ['rollback', '2026-05-02T11:05:00.000Z', '2026-05-04T10:01:00.000Z'],
        ]),
      );
      await expect(
        harness.deployment('orders', 'history/2'),
      ).resolves.toMatchObject({
        counted: false,
        notCountedReason: 'not-touched',
        commits: [],
      });
      for (const key of ['history/3', 'history/4']) {
        await expect(harness.deployment('orders', key)).resolves.toMatchObject({
          kind: 'rollback',
          rework: true,
          counted: true,
          commits: [],
        });
      }
    },
  );

  it('tells the services of a monorepo apart and finds code by Git tags elsewhere', async () => {
    let codeUrl = '';
    harness = await WorkerHarness.create({
      databases,
      locateCode: async () => ({ repoUrl: codeUrl, path: '' }),
    });
    const code = harness.forge.repository('code');
    codeUrl = code.url;
    code.commit({ at: '2026-04-01T00:00:00Z', files: { a: '1' } });
    code.run(['tag', 'v2.0.0']);
    // Squashed: one commit, written long before it was merged.
    const squashed = code.commit({
      at: '2026-05-02T08:00:00Z',
      authoredAt: '2026-04-28T08:00:00Z',
      files: { a: '2' },
    });
    code.run(['tag', '-a', 'v2.1.0', '-m', '2.1.0']);

    const platform = harness.forge.repository('platform');
    const start = platform.commit({
      at: '2026-05-01T00:00:00Z',
      files: {
        ...serviceFiles('apps/orders', { production: '2.0.0' }),
        ...serviceFiles('apps/carts', { production: '1.0.0' }),
      },
    });
    const carts = platform.commit({
      at: '2026-05-02T00:00:00Z',
      files: {
        'apps/carts/overlays/production/kustomization.yaml':
          overlayFile('1.0.1'),
      },
    });
    const orders = platform.commit({
      at: '2026-05-02T09:00:00Z',
      files: {
        'apps/orders/overlays/production/kustomization.yaml':
          overlayFile('2.1.0'),
      },
    });
    const seen = (revision: string, index: number) => ({
      key: `history/${index}`,
      revision,
      finishedAt: `2026-05-02T1${index}:00:00.000Z`,
      ...(index === 0 && { notCountedReason: 'adoption' as const }),
    });
    for (const name of ['orders', 'carts']) {
      await harness.observe(
        {
          id: name,
          repoUrl: platform.url,
          path: `apps/${name}/overlays/production`,
          entityRef: `component:default/${name}`,
        },
        [start, carts, orders].map(seen),
      );
    }
    await harness.work();

    const summary = async (id: string) =>
      (await harness.deployments(id))
        .filter(one => one.source === 'observed')
        .map(one => [
          one.counted ? one.kind : one.notCountedReason,
          one.attribution,
          one.commits.map(commit => commit.sha),
        ]);
    expect(await summary('orders')).toEqual([
      ['adoption', 'configuration', []],
      ['not-touched', 'configuration', []],
      ['release', 'git-tag', [squashed]],
    ]);
    expect(await summary('carts')).toEqual([
      ['adoption', 'configuration', []],
      ['release', 'configuration', [carts]],
      ['not-touched', 'configuration', []],
    ]);
    const [found] = (await harness.deployment('orders', 'history/2')).commits;
    expect(found).toMatchObject({
      repoUrl: code.url,
      authoredAt: '2026-04-28T08:00:00.000Z',
    });
  });

  it('finds the commits of releases of a chart in Git', async () => {
    harness = await WorkerHarness.create({ databases });
    const repo = harness.forge.repository('mailer');
    const values = (tag: string) => ({
      'deploy/values/production.yaml': `image: {tag: "${tag}"}\n`,
    });
    const old = repo.commit({
      at: '2026-04-20T00:00:00Z',
      files: {
        'deploy/chart/Chart.yaml': 'name: mailer\nversion: 0.1.0\n',
        'deploy/chart/values.yaml':
          'image: {repository: registry.example.com/mailer, tag: "0"}\n',
        ...values('1.0.0'),
      },
    });
    const start = repo.commit({
      at: '2026-05-01T00:00:00Z',
      files: values('1.1.0'),
    });
    const release = repo.commit({
      at: '2026-05-02T00:00:00Z',
      files: values('1.2.0'),
    });
    const docs = repo.commit({
      at: '2026-05-03T00:00:00Z',
      files: { 'README.md': 'x' },
    });
    const released = (
      sha: string,
      hour: number,
      fields: Partial<TestDeployment> = {},
    ): TestDeployment => ({
      key: `release/${hour}`,
      // Flux appends the start of the commit, and Fairway what the values are.
      revision: `0.1.0+${sha.slice(0, 12)}.1 (values 0f1e2d3)`,
      originRevision: sha.slice(0, 12),
      finishedAt: `2026-05-04T${hour}:00:00.000Z`,
      ...fields,
    });
    await harness.observe(
      {
        ...{ id: 'mailer', repoUrl: repo.url, type: 'helm' },
        path: 'deploy/chart',
      },
      [
        released(start, 10, { notCountedReason: 'adoption' }),
        released(release, 11),
        released(docs, 12),
        // Other values in the release itself, which is not in this repository.
        released(docs, 13, {
          revision: `0.1.0+${docs.slice(0, 12)}.1 (values ffffff1)`,
          changed: true,
        }),
        released(docs, 14, {
          revision: `0.1.0+${docs.slice(0, 12)}.1 (values ffffff2)`,
          changed: true,
          images: ['registry.example.com/mailer:1.3.0'],
        }),
      ],
    );
    await harness.work();
    const deployments = await harness.deployments('mailer');
    expect(
      deployments.map(one => [
        one.source,
        one.counted ? one.kind : one.notCountedReason,
        one.version,
        one.commits.map(({ sha }) => sha),
      ]),
    ).toEqual([
      ['git', 'adoption', '1.0.0', []],
      ['git', 'release', '1.1.0', [start]],
      ['observed', 'adoption', '1.1.0', []],
      ['observed', 'release', '1.2.0', [release]],
      ['observed', 'not-touched', '1.2.0', []],
      ['observed', 'configuration', '1.2.0', []],
      ['observed', 'release', '1.3.0', []],
    ]);
    expect(deployments[0].revision).toBe(old);
  });

  it('calls artifacts by the commit that they were built from', async () => {
    harness = await WorkerHarness.create({ databases });
    const artifact = (
      digit: string,
      hour: number,
      originRevision?: string,
    ) => ({
      key: digit,
      revision: `sha256:${digit.repeat(64)}`,
      finishedAt: `2026-05-01T${hour}:00:00.000Z`,
      originRevision,
    });
    await harness.observe(
      { id: 'search', repoUrl: 'oci://registry.example.com/search', path: '' },
      [artifact('a', 10), artifact('b', 11, 'c'.repeat(40))],
    );
    await harness.work();
    expect(
      (await harness.deployments('search')).map(one => [
        one.version,
        one.originRevision,
        one.attribution,
      ]),
    ).toEqual([
      ['aaaaaaa', undefined, 'none'],
      ['ccccccc', 'c'.repeat(40), 'none'],
    ]);
  });

  it('lets a deployment that failed hand its commits to the next one', async () => {
    harness = await WorkerHarness.create({ databases });
    const repo = harness.forge.repository('orders');
    const start = repo.commit({
      at: '2026-05-01T00:00:00Z',
      files: serviceFiles('deploy', { production: '1' }),
    });
    const bad = repo.commit({
      at: '2026-05-02T00:00:00Z',
      files: { [KUSTOMIZATION]: overlayFile('2-broken') },
    });
    const back = repo.revert(bad, { at: '2026-05-02T01:00:00Z' });
    const good = repo.commit({
      at: '2026-05-03T00:00:00Z',
      files: { [KUSTOMIZATION]: overlayFile('3') },
    });
    await harness.observe({ id: 'orders', repoUrl: repo.url, path: OVERLAY }, [
      {
        key: '0',
        revision: start,
        finishedAt: '2026-05-01T00:01:00.000Z',
        notCountedReason: 'adoption',
      },
      {
        key: '1',
        revision: bad,
        finishedAt: '2026-05-02T00:01:00.000Z',
        outcome: 'failed',
      },
      { key: '2', revision: back, finishedAt: '2026-05-02T01:01:00.000Z' },
      { key: '3', revision: good, finishedAt: '2026-05-03T00:01:00.000Z' },
    ]);
    await harness.work();
    const failed = await harness.deployment('orders', '1');
    expect(failed.commits.map(commit => commit.sha)).toEqual([bad]);
    expect(failed.failures).toMatchObject([
      { signal: 'revert', endedAt: '2026-05-02T01:01:00.000Z' },
    ]);
    // What runs is as before, and yet the deployment repaired what had failed half way.
    await expect(harness.deployment('orders', '2')).resolves.toMatchObject({
      kind: 'rollback',
      counted: true,
    });
    const next = await harness.deployment('orders', '3');
    expect(next.commits.map(commit => commit.sha)).toEqual([good]);
  });

  it('reports a forge that is down once, goes on with others, and comes back', async () => {
    harness = await WorkerHarness.create({ databases });
    const repo = harness.forge.repository('orders');
    const start = repo.commit({
      at: '2026-05-01T00:00:00Z',
      files: serviceFiles('deploy', { staging: '1', production: '1' }),
    });
    harness.forge.down = true;
    const deployment = {
      key: '0',
      revision: start,
      finishedAt: '2026-05-01T00:01:00.000Z',
      notCountedReason: 'adoption' as const,
    };
    await harness.observe(
      {
        id: 'elsewhere',
        repoUrl: 'https://git.unknown.example.com/a/b.git',
        path: 'x',
      },
      [deployment],
    );
    for (const tier of ['staging', 'production'] as const) {
      await harness.observe(
        {
          id: tier,
          tier,
          repoUrl: repo.url,
          path: `deploy/overlays/${tier}`,
        },
        [deployment],
      );
    }
    // Due again only after a pause that begins in what is the future of the store.
    harness.now = Date.now() + 3_600_000;
    await harness.work();
    await expect(harness.deployment('elsewhere', '0')).resolves.toMatchObject({
      attribution: 'none',
      commits: [],
    });
    const warnings = () =>
      harness.logger.warn.mock.calls.map(([message]) => message);
    expect(warnings().sort()).toEqual([
      expect.stringMatching(
        /^Deployments from http:\/\/127.* have no commits yet: git fetch failed.*503/,
      ),
      expect.stringMatching(/unknown.example.com.*add it to "integrations:"/),
    ]);
  });

  it('lets the deployment that runs fail when the application is degraded at first sight', async () => {
    harness = await WorkerHarness.create({ databases });
    const repo = harness.forge.repository('orders');
    repo.commit({
      at: '2026-04-01T00:00:00Z',
      files: serviceFiles('deploy', { production: '1' }),
    });
    const from = repo.commit({
      at: '2026-04-02T00:00:00Z',
      files: { 'src/a': '1' },
    });
    const broken = pin(repo, {
      version: '2.0.0',
      from,
      at: '2026-04-02T01:00:00Z',
    });
    const degradedSince = '2026-04-02T01:10:00.000Z';
    await harness.observe(
      { id: 'orders', repoUrl: repo.url, path: OVERLAY, degradedSince },
      [
        {
          key: '0',
          revision: broken,
          finishedAt: '2026-05-01T00:00:00.000Z',
          notCountedReason: 'adoption',
        },
      ],
    );
    await harness.work();
    const deployments = await harness.deployments('orders');
    expect(
      deployments
        .filter(({ source }) => source === 'git')
        .map(one => [one.revision === broken, one.failures]),
    ).toEqual([
      [false, []],
      [
        true,
        [
          expect.objectContaining({
            signal: 'health',
            startedAt: degradedSince,
          }),
        ],
      ],
    ]);
    // The age of what runs is that of the deployment, not of the first look at it.
    const application = await harness.store.getApplication('orders');
    expect(application?.lastDeployment?.finishedAt).toBe(
      '2026-04-02T01:00:00.000Z',
    );
  });

  it('reads 150 commits of history with few questions to the forge', async () => {
    harness = await WorkerHarness.create({ databases });
    const repo = harness.forge.repository('orders');
    repo.commit({
      at: '2026-03-01T00:00:00Z',
      files: serviceFiles('deploy', { production: '0' }),
    });
    const start = Date.parse('2026-03-02T00:00:00Z');
    for (let index = 0; index < 75; index++) {
      const at = (hour: number) =>
        new Date(start + (index * 20 + hour) * 3_600_000).toISOString();
      const from = repo.commit({
        at: at(0),
        files: { 'src/a': String(index) },
      });
      pin(repo, { version: `1.${index}.0`, from, at: at(1) });
    }
    await harness.observe({ id: 'orders', repoUrl: repo.url, path: OVERLAY }, [
      {
        key: '0',
        revision: repo.head(),
        finishedAt: '2026-05-15T00:00:00.000Z',
        notCountedReason: 'adoption',
      },
    ]);
    await harness.work();
    const deployments = await harness.deployments('orders');
    expect(deployments).toHaveLength(77);
    expect(
      deployments.filter(one => one.attribution === 'image-tag'),
    ).toHaveLength(74);
    // What 76 states need is fetched together, level by level of the overlay.
    expect(harness.forge.fetches).toBeLessThan(20);
  });
});
