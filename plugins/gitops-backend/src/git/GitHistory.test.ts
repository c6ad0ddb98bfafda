import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { GitError, gitEnvironment, withoutCredentials } from './GitCommand';
import { GitHistory } from './GitHistory';
import { readInputs } from './inputs/readInputs';
import { GitForge } from './__testUtils__/GitForge';
import { overlayFile, serviceFiles } from './__testUtils__/overlay';

jest.setTimeout(60_000);

const OVERLAY = 'deploy/overlays/production';

describe('GitHistory', () => {
  let forge: GitForge;
  let directory: string;
  let history: GitHistory;
  let now: number;

  beforeEach(async () => {
    forge = await GitForge.start();
    directory = mkdtempSync(path.join(os.tmpdir(), 'clones-'));
    now = Date.parse('2026-05-01T00:00:00Z');
    history = new GitHistory({
      directory,
      integrations: forge.integrations,
      now: () => now,
    });
  });

  afterEach(async () => {
    history.close();
    await forge.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('fetches when a revision is unknown, once for all who ask, and reads what it needs', async () => {
    const repo = forge.repository('orders');
    const first = repo.commit({
      at: '2026-04-01T10:00:00Z',
      files: serviceFiles('deploy', { production: '1.0.0' }),
    });
    const repository = history.open(repo.url);
    await Promise.all(
      Array.from({ length: 5 }, () => repository.resolve(first)),
    );
    // References, then the pack.
    expect(forge.fetches).toBe(2);

    await expect(
      readInputs(repository.tree(first), { path: `./${OVERLAY}/` }),
    ).resolves.toMatchObject({
      images: ['registry.example.com/shop/orders:1.0.0'],
      paths: expect.arrayContaining([OVERLAY, 'deploy/base']),
    });
    const afterReading = forge.fetches;
    await readInputs(repository.tree(first), { path: OVERLAY });
    expect(forge.fetches).toBe(afterReading);

    repo.run(['tag', '-a', 'v1.0.0', '-m', 'Release']);
    repo.run(['tag', 'later']);
    await expect(repository.resolveKnown('later')).resolves.toBeUndefined();
    await expect(repository.resolve('v1.0.0')).resolves.toBe(first);
    await expect(repository.resolve(first.slice(0, 8))).resolves.toBe(first);

    // A branch that was deleted after it was deployed.
    repo.run(['checkout', '-q', '-b', 'gone']);
    const gone = repo.commit({ at: '2026-04-02T10:00:00Z' });
    repo.run(['checkout', '-q', 'main']);
    repo.run(['branch', '-q', '-D', 'gone']);
    await expect(repository.resolve(gone)).resolves.toBe(gone);
  });

  it('does not ask again and again for what is not there', async () => {
    const repo = forge.repository('orders');
    repo.commit({ at: '2026-04-01T10:00:00Z' });
    const repository = history.open(repo.url);
    const missing = 'f'.repeat(40);
    await expect(repository.resolve(missing)).rejects.toThrow(
      /has no revision/,
    );
    const { fetches } = forge;
    await expect(repository.resolve(missing)).rejects.toThrow(
      /has no revision/,
    );
    expect(forge.fetches).toBe(fetches);
    for (const hostile of ['--upload-pack=touch x', '-x', 'a..b', 'a\nb', '']) {
      await expect(repository.resolve(hostile)).rejects.toThrow(
        /is no revision/,
      );
    }
  });

  it('pauses longer after each failure and says nothing secret', async () => {
    const repo = forge.repository('orders');
    const sha = repo.commit({ at: '2026-04-01T10:00:00Z' });
    const repository = history.open(repo.url);
    forge.down = true;
    const error = await repository.resolve(sha).catch(e => e);
    expect(error).toBeInstanceOf(GitError);
    expect(error.message).toMatch(/503/);
    expect(error.message).not.toMatch(/correct|horse|Basic/);

    forge.down = false;
    await expect(repository.resolve(sha)).rejects.toBe(error);
    now += 31_000;
    await expect(repository.resolve(sha)).resolves.toBe(sha);

    const clone = path.join(directory, readdirSync(directory)[0]);
    expect(readFileSync(path.join(clone, 'config'), 'utf8')).not.toMatch(
      /horse|Basic|http/,
    );
  });

  it('starts anew when a clone is damaged', async () => {
    const repo = forge.repository('orders');
    const first = repo.commit({ at: '2026-04-01T10:00:00Z' });
    const repository = history.open(repo.url);
    await repository.resolve(first);
    const clone = path.join(directory, readdirSync(directory)[0]);
    rmSync(path.join(clone, 'objects'), { recursive: true });
    expect(existsSync(path.join(clone, 'objects'))).toBe(false);
    const second = repo.commit({ at: '2026-04-02T10:00:00Z' });
    await expect(repository.resolve(second)).resolves.toBe(second);
  });

  it('reads only from the hosts of the integrations', () => {
    const refusal = (url: string) => {
      try {
        return history.open(url).allowed.url;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refusal('http://169.254.169.254/latest.git')).toMatch(
      /No integration knows the host/,
    );
    for (const url of ['file:///etc', 'ext::sh -c id', '--upload-pack=id']) {
      expect(refusal(url)).toMatch(/neither http, https nor ssh/);
    }
    const { access } = history;
    const github = access.allow(
      'http://someone:secret@github.com/shop/orders.git',
    );
    expect(github.url).toBe('https://github.com/shop/orders.git');
    expect(access.commitUrl(github, 'abc')).toBe(
      'https://github.com/shop/orders/commit/abc',
    );
    expect(
      access.commitUrl(access.allow('git@gitlab.com:shop/orders.git'), 'abc'),
    ).toBe('https://gitlab.com/shop/orders/-/commit/abc');
    expect(withoutCredentials('fatal: https://a:b@x.y/z')).toBe(
      'fatal: https://x.y/z',
    );
  });

  it('says once and clearly that Git is missing', async () => {
    const repo = forge.repository('orders');
    const { PATH } = process.env;
    process.env.PATH = directory;
    try {
      await expect(
        history.open(repo.url).resolve('f'.repeat(40)),
      ).rejects.toMatchObject({
        reason: 'not-installed',
        message: expect.stringMatching(/install Git/),
      });
    } finally {
      process.env.PATH = PATH;
    }
  });

  it('lists each commit of a range once, whatever way it was merged', async () => {
    const repo = forge.repository('orders');
    const base = repo.commit({
      at: '2026-04-01T10:00:00Z',
      files: { 'src/a': '1', 'docs/a': '1' },
    });
    repo.run(['checkout', '-q', '-b', 'feature']);
    const one = repo.commit({
      at: '2026-04-02T10:00:00Z',
      files: { 'src/b': '1' },
      message: 'One\n\nwith \x01 a \x02 body',
      author: 'Grace Höpper',
    });
    const docs = repo.commit({
      at: '2026-04-02T11:00:00Z',
      files: { 'docs/a': '2' },
    });
    repo.run(['checkout', '-q', 'main']);
    const two = repo.commit({
      at: '2026-04-02T12:00:00Z',
      files: { 'src/ü c': '1' },
    });
    const merged = repo.merge('feature', { at: '2026-04-03T10:00:00Z' });
    const repository = history.open(repo.url);
    await repository.resolve(merged);

    const range = { include: [merged], exclude: [base] };
    const all = await repository.log(range);
    expect(all.map(commit => commit.sha).sort()).toEqual(
      [one, docs, two].sort(),
    );
    expect(all.find(commit => commit.sha === one)).toMatchObject({
      author: 'Grace Höpper',
      authorEmail: 'ada@example.com',
      authoredAt: '2026-04-02T10:00:00.000Z',
      subject: 'One',
      body: 'with \x01 a \x02 body',
      files: ['src/b'],
    });
    expect(all.find(commit => commit.sha === two)?.files).toEqual(['src/ü c']);
    const source = await repository.log({ ...range, paths: ['src'] });
    expect(source.map(commit => commit.sha).sort()).toEqual([one, two].sort());
    const states = await repository.log({
      ...range,
      paths: ['src'],
      firstParent: true,
    });
    expect(states.map(commit => commit.sha)).toEqual([merged, two]);
    await expect(repository.isAncestor(base, merged)).resolves.toBe(true);
    await expect(repository.isAncestor(merged, base)).resolves.toBe(false);
  });

  it('lays the values of an environment over those of its chart', async () => {
    const repo = forge.repository('carts');
    const sha = repo.commit({
      at: '2026-04-01T10:00:00Z',
      files: {
        'deploy/chart/Chart.yaml': 'name: carts\n',
        'deploy/chart/values.yaml':
          'image: {repository: registry.example.com/carts, tag: "1"}\n',
        'deploy/values/production.yaml': 'image: {tag: "2"}\n',
        'deploy/values/dev.yaml': 'image: {tag: "3"}\n',
      },
    });
    const repository = history.open(repo.url);
    await repository.resolve(sha);
    const read = (environment?: string) =>
      readInputs(repository.tree(sha), { path: 'deploy/chart', environment });
    const production = await read('production');
    expect(production?.images).toEqual(['registry.example.com/carts:2']);
    expect(production?.paths).toContain('deploy/values/production.yaml');
    expect((await read())?.images).toEqual(['registry.example.com/carts:1']);
  });

  it('follows a kustomization to the images it runs', async () => {
    const repo = forge.repository('platform');
    const sha = repo.commit({
      at: '2026-04-01T10:00:00Z',
      files: {
        ...serviceFiles('orders', {}),
        'orders/overlays/production/kustomization.yaml': overlayFile(
          '1.2.3',
          `components: [../../../components/proxy]
patches:
  - path: sidecar.yaml
  - target: {kind: CronJob}
    patch: |-
      - op: replace
        path: /spec/jobTemplate/spec/template/spec/containers/0/image
        value: registry.example.com/shop/job:7
configMapGenerator: [{name: env, envs: [env.properties]}]
`,
        ).replace('[../../base]', '[../../base, job.yaml, chart.yaml]'),
        'orders/overlays/production/env.properties': 'a=1\n',
        'orders/overlays/production/sidecar.yaml': `kind: Deployment
metadata: {name: orders}
spec: {template: {spec: {containers: [{name: sidecar, image: "registry.example.com:5000/side@sha256:aaaa"}]}}}
`,
        'orders/overlays/production/job.yaml': `kind: CronJob
metadata: {name: tidy}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: tidy, image: "x:1"}], initContainers: [{name: i, image: "init:1"}]}}}}}
`,
        'orders/overlays/production/chart.yaml': `kind: HelmRelease
metadata: {name: cache}
spec: {values: {image: {registry: docker.io, repository: library/redis, tag: 7.2}}}
`,
        'components/proxy/kustomization.yaml': `kind: Component
patches:
  - patch: |-
      kind: Deployment
      metadata: {name: any}
      spec: {template: {spec: {containers: [{name: proxy, image: "envoy:1"}]}}}
    target: {kind: Deployment}
images: [{name: envoy, newName: mirror/envoy, newTag: v2}]
`,
      },
    });
    const repository = history.open(repo.url);
    await repository.resolve(sha);
    const path0 = 'orders/overlays/production';
    const inputs = await readInputs(repository.tree(sha), { path: path0 });
    expect(inputs?.images).toEqual([
      'docker.io/library/redis:7.2',
      'init:1',
      'mirror/envoy:v2',
      'registry.example.com/shop/job:7',
      'registry.example.com/shop/orders:1.2.3',
      'registry.example.com:5000/side@sha256:aaaa',
    ]);

    const fingerprints = [inputs!.fingerprint];
    const changes: Array<Record<string, string>> = [
      { [`${path0}/env.properties`]: 'a=2\n' },
      { 'components/proxy/kustomization.yaml': 'kind: Component\n' },
      { 'README.md': 'nothing that is rendered' },
      {
        'components/proxy/kustomization.yaml':
          '# Why it is empty.\nkind:   "Component"\n',
      },
    ];
    for (const files of changes) {
      const next = repo.commit({ at: '2026-04-02T10:00:00Z', files });
      await repository.resolve(next);
      const read = await readInputs(repository.tree(next), { path: path0 });
      fingerprints.push(read!.fingerprint);
    }
    expect(new Set(fingerprints.slice(0, 3)).size).toBe(3);
    expect(fingerprints[3]).toBe(fingerprints[2]);
    expect(fingerprints[4]).toBe(fingerprints[2]);
    await expect(
      readInputs(repository.tree(sha), { path: 'no/such/path' }),
    ).resolves.toBeUndefined();
  });
});

describe('gitEnvironment', () => {
  it('never asks anybody and hands over secrets unseen', () => {
    const environment = gitEnvironment([['http.extraHeader', 'secret']]);
    expect(environment).toMatchObject({
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_COUNT: '3',
      GIT_CONFIG_KEY_2: 'http.extraHeader',
      GIT_CONFIG_VALUE_2: 'secret',
    });
  });
});
