import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { createPublishGiteaAction } from '@backstage/plugin-scaffolder-backend-module-gitea';
import { startTestForge, type TestForge } from './startTestForge';

const silent = () => {};
const logger = {
  error: silent,
  warn: silent,
  info: silent,
  debug: silent,
  child: () => logger,
};

let test: TestForge;
let config: ConfigReader;
before(async () => {
  test = await startTestForge();
  config = new ConfigReader({
    integrations: {
      gitea: [
        {
          host: new URL(test.url).host,
          baseUrl: test.url,
          username: 'fairway',
          password: 'playground-password',
        },
      ],
    },
  });
});
after(() => test.stop());

async function publish(name: string, owner = 'acme') {
  const workspacePath = join(test.directory, `workspace-${name}`);
  await mkdir(join(workspacePath, 'deploy'), { recursive: true });
  await writeFile(
    join(workspacePath, 'catalog-info.yaml'),
    'kind: Component\n',
  );
  await writeFile(join(workspacePath, 'deploy', 'a.yaml'), 'a: 1\n');
  const integrations = ScmIntegrations.fromConfig(config);
  const action = createPublishGiteaAction({ integrations, config });
  const output: Record<string, unknown> = {};
  const context = {
    input: {
      repoUrl: `${new URL(test.url).host}?owner=${owner}&repo=${name}`,
      description: 'Made by a template',
      defaultBranch: 'main',
    },
    workspacePath,
    logger,
    output: (key: string, value: unknown) => {
      output[key] = value;
    },
    checkpoint: (options: { fn: () => unknown }) => options.fn(),
  };
  await action.handler(context as any);
  return output;
}

describe('Backstage', () => {
  it('publishes a repository with publish:gitea, and is refused a taken name', async () => {
    const output = await publish('made');
    assert.equal(output.remoteUrl, `${test.url}/acme/made.git`);
    assert.match(String(output.commitHash), /^[0-9a-f]{40}$/);
    const page = await fetch(String(output.repoContentsUrl));
    assert.equal(page.status, 200);
    const clone = join(test.directory, 'made');
    await test.git(test.directory, 'clone', '-q', `${test.url}/acme/made`);
    const head = await test.git(clone, 'rev-parse', 'HEAD');
    assert.equal(head.trim(), output.commitHash);
    await assert.rejects(publish('made'), /409/);
    await assert.rejects(publish('other', 'nobody'), /do not exist/);
  });

  it('reads files and trees with its own URL reader', async () => {
    await publish('read');
    const reader = UrlReaders.default({ config, logger });
    const branch = `${test.url}/acme/read/src/branch/main`;
    const file = await reader.readUrl(`${branch}/deploy/a.yaml`);
    assert.equal((await file.buffer()).toString(), 'a: 1\n');
    const tree = await reader.readTree(branch);
    const files = await tree.files();
    assert.deepEqual(files.map(one => one.path).sort(), [
      'catalog-info.yaml',
      'deploy/a.yaml',
    ]);
    const directory = test.forge.gitDirectory(`${test.url}/acme/read`);
    assert.ok(directory);
    const tip = await test.git(directory, 'rev-parse', 'main');
    assert.equal(tree.etag, tip.trim());
    await assert.rejects(reader.readTree(branch, { etag: tree.etag }), {
      name: 'NotModifiedError',
    });
    await assert.rejects(reader.readUrl(`${branch}/nothing.yaml`), {
      name: 'NotFoundError',
    });
  });
});
