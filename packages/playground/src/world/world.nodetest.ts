import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { startTestForge, type TestForge } from '../forge/startTestForge';
import {
  imageOf,
  namespaceOf,
  sampleEnvironments,
  samplePeople,
  sampleServices,
  type SampleService,
  sampleWorld,
  type SeededWorld,
  seedWorld,
} from '.';

const run = promisify(execFile);
const DAY = 86_400_000;
const URL_ = 'http://localhost:3100';

let test: TestForge;
let world: SeededWorld;
let took: number;
before(async () => {
  test = await startTestForge();
  const begun = Date.now();
  world = await seedWorld({ forge: test.forge });
  took = Date.now() - begun;
});
after(() => test.stop());

async function inRepository(name: string, ...args: string[]): Promise<string> {
  const directory = test.forge.gitDirectory(`${test.url}/${name}`);
  assert.ok(directory, name);
  return (await test.git(directory, ...args)).trim();
}
const of = (service: SampleService, ...args: string[]) =>
  inRepository(`${service.team}/${service.name}`, ...args);
const log = async (service: SampleService, format: string, ...args: string[]) =>
  (await of(service, 'log', `--format=${format}`, ...args, 'main')).split('\n');

async function checkOut(service: SampleService, revision: string) {
  const folder = join(
    test.directory,
    `${service.name}-${revision.slice(0, 7)}`,
  );
  await mkdir(folder);
  const tar = `${folder}.tar`;
  await of(service, 'archive', `--output=${tar}`, revision);
  await run('tar', ['-xf', tar, '-C', folder]);
  return folder;
}

async function build(folder: string, environment: string) {
  const overlay = join(folder, 'deploy/overlays', environment);
  const { stdout } = await run('kustomize', ['build', overlay]);
  return parseAllDocuments(stdout).map(document => document.toJS());
}

describe('the sample world', () => {
  it('is written in a few seconds and is the same for the same time', () => {
    assert.ok(took < 30_000, `seeding took ${took} ms`);
    const now = Date.now();
    const tips = () =>
      sampleWorld({ url: URL_, now }).repositories.map(one => one.history.tip);
    assert.deepEqual(tips(), tips());
  });

  it('has, on whatever day it begins, releases, reverts and hotfixes', () => {
    for (let day = 0; day < 7; day += 1) {
      const now = Date.UTC(2026, 0, 1 + day * 17, (day * 7) % 24);
      const { repositories, syncedTo } = sampleWorld({ url: URL_, now });
      assert.match(syncedTo['orders-production'], /^[0-9a-f]{40}$/);
      for (const service of sampleServices.filter(
        one => one.engine !== 'none',
      )) {
        const stream =
          repositories
            .find(one => one.name === service.name)
            ?.history.stream() ?? '';
        for (const subject of ['promote(production)', 'Revert "', 'hotfix: ']) {
          assert.ok(stream.includes(subject), `${service.name}: ${subject}`);
        }
      }
    }
  });

  for (const service of sampleServices) {
    it(`gives ${service.name} ninety days of history`, async () => {
      const times = (await log(service, '%ct')).map(Number);
      const days = (Math.max(...times) - Math.min(...times)) * 1000;
      assert.ok(days > 86 * DAY && days < 92 * DAY, `${days / DAY} days`);
      assert.ok(Math.max(...times) * 1000 <= Date.now());
      const authors = new Set(await log(service, '%an'));
      const team = samplePeople.filter(one => one.team === service.team);
      const known = [...team.map(one => one.name), 'ci-bot'];
      assert.deepEqual([...authors].sort(), known.sort());
      const subjects = await log(service, '%s', '--no-merges');
      const changes = subjects.filter(one => /^(feat|fix|chore)[:(]/.test(one));
      assert.ok(changes.length >= 40, `${changes.length} changes`);
      const merges = await log(service, '%s', '--merges');
      assert.ok(merges.every(one => one.startsWith('Merge pull request #')));
    });

    it(`renders every overlay of ${service.name}, now and then`, async () => {
      const commits = await log(service, '%H', '--first-parent');
      const middle = commits[Math.floor(commits.length / 2)];
      const wanted = {
        [commits[0]]: sampleEnvironments,
        [middle]: ['production'],
        [commits[commits.length - 1]]: ['dev'],
      };
      for (const [revision, environments] of Object.entries(wanted)) {
        const folder = await checkOut(service, revision);
        for (const environment of environments) {
          const objects = await build(folder, environment);
          const deployment = objects.find(one => one.kind === 'Deployment');
          const { labels, namespace } = deployment.metadata;
          assert.equal(namespace, namespaceOf(service.name, environment));
          assert.equal(labels['backstage.io/kubernetes-id'], service.name);
          assert.equal(labels['fairway.dev/environment'], environment);
          const { image } = deployment.spec.template.spec.containers[0];
          assert.ok(
            image.startsWith(`${imageOf(service)}:${service.version}.`),
          );
        }
      }
    });
  }

  it('names in every revert the promotion that it reverts', async () => {
    const [service] = sampleServices;
    const bodies = await of(
      service,
      'log',
      '--format=%B',
      '--grep=^Revert',
      'main',
    );
    const reverted = [
      ...bodies.matchAll(/This reverts commit ([0-9a-f]{40})\./g),
    ];
    assert.ok(reverted.length > 0);
    for (const [, sha] of reverted) {
      const subject = await of(service, 'log', '-1', '--format=%s', sha);
      assert.match(subject, /^promote\(production\): orders /);
    }
  });

  it('tags images with the commit that they were built from', async () => {
    for (const service of sampleServices) {
      const builds = await log(service, '%s', '--author=ci-bot');
      for (const subject of builds.slice(0, 5)) {
        const [, number, sha] =
          /\.(\d+)-([0-9a-f]{7})(-broken)?$/.exec(subject) ?? [];
        const count = await of(
          service,
          'rev-list',
          '--count',
          '--first-parent',
          sha,
        );
        assert.equal(count, number, subject);
      }
    }
  });

  it('leaves orders a promotion behind, and recommendations in trouble', async () => {
    const tag = async (
      name: string,
      revision = 'main',
      stage = 'production',
    ) => {
      const path = `deploy/overlays/${stage}/kustomization.yaml`;
      const text = await inRepository(name, 'show', `${revision}:${path}`);
      return parse(text).images[0].newTag as string;
    };
    const synced = world.syncedTo['orders-production'];
    assert.notEqual(
      await tag('payments/orders', synced),
      await tag('payments/orders'),
    );
    assert.match(await tag('storefront/recommendations'), /-broken$/);
    assert.doesNotMatch(
      await tag('storefront/recommendations', 'main', 'dev'),
      /-broken$/,
    );
  });

  it('registers what the manifest says, in the form of each engine', async () => {
    const list = await inRepository(
      ...(['platform/gitops', 'ls-tree', '-r', '--name-only', 'main'] as const),
    );
    const paths = list.split('\n');
    const kinds: Record<string, string> = {
      argocd: 'Application',
      'flux-kustomization': 'Kustomization',
      'flux-helmrelease': 'HelmRelease',
    };
    for (const service of sampleServices) {
      const own = paths.filter(path => path.split('/')[1] === service.name);
      if (service.engine === 'none') {
        assert.deepEqual(own, []);
        continue;
      }
      for (const environment of sampleEnvironments) {
        const path = own.find(one => one.endsWith(`/${environment}.yaml`));
        const text = await inRepository(
          'platform/gitops',
          'show',
          `main:${path}`,
        );
        const { kind, metadata } = parse(text);
        assert.equal(kind, kinds[service.engine]);
        assert.equal(
          metadata.labels['backstage.io/kubernetes-id'],
          service.name,
        );
        assert.equal(metadata.labels['fairway.dev/environment'], environment);
        assert.equal(metadata.labels.team, service.team);
      }
    }
  });

  it('lists in the catalog files that are there', async () => {
    const text = await inRepository(
      ...(['platform/catalog', 'show', 'main:catalog-info.yaml'] as const),
    );
    const targets: string[] = parse(text).spec.targets;
    const urls = targets.filter(target => target.startsWith('http'));
    assert.equal(urls.length, sampleServices.length);
    for (const url of urls) {
      const raw = url.replace('/src/branch/', '/raw/branch/');
      const answer = await fetch(raw);
      assert.equal(answer.status, 200, raw);
      assert.equal(parse(await answer.text()).kind, 'Component');
    }
    const chart = sampleServices.find(one => one.engine === 'flux-helmrelease');
    assert.ok(chart);
    const values = await of(
      chart,
      'show',
      'main:deploy/values/production.yaml',
    );
    const overlay = await of(
      chart,
      'show',
      'main:deploy/overlays/production/kustomization.yaml',
    );
    assert.equal(parse(values).image.tag, parse(overlay).images[0].newTag);
  });
});
