import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { createHmac } from 'node:crypto';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { after, before, describe, it } from 'node:test';
import type { PushEvent } from '../types';
import { createForge } from './createForge';
import { eventually, startTestForge, type TestForge } from './startTestForge';

let test: TestForge;
before(async () => {
  test = await startTestForge({ autoMerge: ['acme/auto'] });
});
after(() => test.stop());

/** A repository with one commit, cloned; returns the clone's folder. */
async function repository(name: string): Promise<string> {
  await test.forge.createRepository({ owner: 'acme', name });
  const clone = join(test.directory, name);
  await test.git(
    test.directory,
    'clone',
    '-q',
    test.cloneUrl(`acme/${name}`),
    name,
  );
  await test.git(clone, 'checkout', '-q', '-b', 'main');
  await commit(clone, { 'README.md': 'one\ntwo\nthree\n' }, 'feat: begin');
  await test.git(clone, 'push', '-q', 'origin', 'main');
  return clone;
}

async function commit(
  clone: string,
  files: Record<string, string>,
  message: string,
) {
  for (const [path, text] of Object.entries(files)) {
    await writeFile(join(clone, path), text);
  }
  await test.git(clone, 'add', '-A');
  await test.git(clone, 'commit', '-q', '-m', message);
}

/** A branch with one change, pushed and opened as a pull request; returns its number. */
async function pullRequest(
  clone: string,
  options: { name: string; head: string; files: Record<string, string> },
): Promise<number> {
  const { name, head, files } = options;
  await test.git(clone, 'checkout', '-q', '-b', head, 'origin/main');
  await commit(clone, files, `fix: ${head}`);
  await test.git(clone, 'push', '-q', 'origin', head);
  const body = { title: `T ${head}`, body: 'why', head, base: 'main' };
  const answer = await test.api(`/repos/acme/${name}/pulls`, body);
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()).number;
}

describe('Git over HTTP', () => {
  it('clones, pushes, fetches, branches and deletes, and tells of every push', async () => {
    const events: PushEvent[] = [];
    const off = test.forge.onPush(event => events.push(event));
    const clone = await repository('git');
    const first = (await test.git(clone, 'rev-parse', 'HEAD')).trim();
    // Larger than http.postBuffer even when packed, so that git sends it in chunks.
    const incompressible = Array.from({ length: 40_000 }, (_, n) =>
      createHmac('sha256', String(n)).update('x').digest('hex'),
    );
    await commit(clone, { 'random.txt': incompressible.join('\n') }, 'feat: r');
    const second = (await test.git(clone, 'rev-parse', 'HEAD')).trim();
    await test.git(clone, 'push', '-q', 'origin', 'main', 'main:release/1.0');
    await test.git(clone, 'push', '-q', 'origin', ':release/1.0');
    off();

    const zero = '0'.repeat(40);
    const seen = events.map(event => [event.branch, event.before, event.after]);
    assert.deepEqual(seen, [
      ['main', zero, first],
      ['main', first, second],
      ['release/1.0', zero, second],
      ['release/1.0', second, zero],
    ]);
    const other = join(test.directory, 'git-again');
    await test.git(
      test.directory,
      ...['clone', '-q', '--filter=blob:none', `${test.url}/acme/git`, other],
    );
    assert.equal((await test.git(other, 'rev-parse', 'HEAD')).trim(), second);
    await commit(clone, { 'README.md': 'changed\n' }, 'fix: more');
    await test.git(clone, 'push', '-q', 'origin', 'main');
    await test.git(other, 'pull', '-q');
    assert.equal(await readFile(join(other, 'README.md'), 'utf8'), 'changed\n');
    const directory = test.forge.gitDirectory(`${test.url}/acme/git.git`);
    assert.match(directory ?? '', /acme\/git\.git$/);
    assert.equal(
      test.forge.gitDirectory('http://localhost:1/acme/git'),
      undefined,
    );
    assert.equal(
      test.forge.gitDirectory('http://example.com/acme/git'),
      undefined,
    );
  });

  it('understands a body that is gzip-encoded, as git sends long ones', async () => {
    await repository('gzip');
    const answer = await fetch(`${test.url}/acme/gzip.git/git-upload-pack`, {
      method: 'POST',
      headers: {
        'git-protocol': 'version=2',
        'content-type': 'application/x-git-upload-pack-request',
        'content-encoding': 'gzip',
      },
      body: gzipSync('0014command=ls-refs\n0000'),
    });
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /refs\/heads\/main/);
  });

  it('lets anybody read and only the account write', async () => {
    const clone = await repository('auth');
    const refs = `${test.url}/acme/auth.git/info/refs?service=git-receive-pack`;
    const anonymous = await fetch(refs);
    assert.equal(anonymous.status, 401);
    assert.match(anonymous.headers.get('www-authenticate') ?? '', /^Basic /);
    const wrong = test
      .cloneUrl('acme/auth')
      .replace(':playground-password@', ':nope@');
    await commit(clone, { x: '1' }, 'feat: x');
    await assert.rejects(test.git(clone, 'push', '-q', wrong, 'main'));
    await assert.rejects(
      test.git(clone, 'push', '-q', `${test.url}/acme/auth`, 'main'),
    );
    await assert.rejects(
      test.git(clone, 'push', '-q', 'origin', 'main:refs/pull/1/head'),
    );
    const post = await fetch(`${test.url}/acme/auth/git-receive-pack`, {
      method: 'POST',
    });
    assert.equal(post.status, 401);
  });

  it('keeps a private repository from who has no account', async () => {
    await test.api('/orgs/acme/repos', { name: 'hidden', private: true });
    const pages = ['/acme/hidden', '/api/v1/repos/acme/hidden'];
    for (const page of pages) {
      assert.equal((await fetch(test.url + page)).status, 404, page);
    }
    assert.equal((await test.api('/repos/acme/hidden')).status, 200);
    const refs = '/acme/hidden.git/info/refs?service=git-upload-pack';
    assert.equal((await fetch(test.url + refs)).status, 401);
  });
});

describe('hostile names', () => {
  /** A request whose path is sent as it is; fetch would tidy it. */
  const raw = (path: string) =>
    new Promise<number>((resolve, reject) => {
      const { port } = new URL(test.url);
      request({ host: '127.0.0.1', port, path }, answer => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });

  it('are refused before they reach the disk or git', async () => {
    await repository('names');
    const git = 'info/refs?service=git-upload-pack';
    for (const path of [
      `/acme/../../etc/${git}`,
      `/acme/%2e%2e/${git}`,
      `/acme%2f..%2fnames.git/${git}`,
      `/..%5cacme/names.git/${git}`,
      '/api/v1/repos/acme/names/contents/..%2f..%2fconfig',
      '/api/v1/repos/acme/names/contents/../../config',
      '/api/v1/repos/acme/names/raw/%2e%2e/config',
      '/acme/names/raw/branch/main/..%2f..%2fconfig',
      '/acme/names.git/config',
      '/acme/names.git/objects/info/packs',
      '/acme/names.git/HEAD',
      '/api/v1/repos/acme/names/git/commits/--output=x',
      '/api/v1/repos/acme/names/archive/--output=x.tar.gz',
    ]) {
      const status = await raw(path);
      assert.ok([401, 404].includes(status), `${path} answered ${status}`);
    }
    for (const name of ['..', '.', '-x', 'a/b', 'a b', 'x.git', 'x.json', '']) {
      const { status } = await test.api('/orgs/acme/repos', { name });
      assert.equal(status, 422, name);
    }
    const file = { content: '', message: 'x' };
    const written = await test.api(
      '/repos/acme/names/contents/.git/config',
      file,
    );
    assert.equal(written.status, 422);
  });
});

describe('the API', () => {
  it('says what it does not have', async () => {
    const answer = await test.api('/repos/acme/nothing/topics');
    assert.equal(answer.status, 404);
    assert.match((await answer.json()).message, /stand-in/);
    assert.equal((await fetch(`${test.url}/api/v1/user`)).status, 401);
    assert.equal((await (await test.api('/user')).json()).login, 'fairway');
  });

  it('creates a repository once and deletes it', async () => {
    const create = () =>
      test.api('/orgs/acme/repos', { name: 'once', description: 'd' });
    const made = await create();
    assert.equal(made.status, 201);
    const { clone_url: cloneUrl, default_branch: branch } = await made.json();
    assert.equal(cloneUrl, `${test.url}/acme/once.git`);
    assert.equal(branch, 'main');
    assert.equal((await create()).status, 409);
    const nowhere = await test.api('/orgs/nobody/repos', { name: 'x' });
    assert.equal(nowhere.status, 404);
    const page = () => fetch(`${test.url}/acme/once`);
    assert.equal((await page()).status, 200);
    const gone = await test.api('/repos/acme/once', undefined, 'DELETE');
    assert.equal(gone.status, 204);
    assert.equal((await test.api('/repos/acme/once')).status, 404);
    assert.equal((await page()).status, 404);
  });

  it('lets nobody push to what is archived, and everybody read it', async () => {
    const clone = await repository('old');
    const archive = (body: object) =>
      test.api('/repos/acme/old', body, 'PATCH');
    assert.equal(
      (await (await archive({ archived: true })).json()).archived,
      true,
    );
    assert.equal((await archive({ name: 'new' })).status, 422);
    await commit(clone, { 'late.txt': 'x' }, 'feat: late');
    await assert.rejects(
      test.git(clone, 'push', '-q', 'origin', 'main'),
      /403/,
    );
    await test.git(clone, 'fetch', '-q', 'origin');
    await archive({ archived: false });
    await test.git(clone, 'push', '-q', 'origin', 'main');
  });

  it('reads, writes and refuses files', async () => {
    await repository('files');
    const path = '/repos/acme/files/contents/a/b.txt';
    const content = Buffer.from('hello').toString('base64');
    const anonymous = await fetch(`${test.url}/api/v1${path}`, {
      method: 'POST',
    });
    assert.equal(anonymous.status, 401);
    const body = { content, message: 'feat: b', new_branch: 'topic' };
    assert.equal((await test.api(path, body)).status, 201);
    const read = await (await test.api(`${path}?ref=topic`)).json();
    assert.equal(Buffer.from(read.content, 'base64').toString(), 'hello');
    assert.equal((await test.api(path)).status, 404);
    const stale = { ...body, branch: 'topic', sha: '0'.repeat(40) };
    assert.equal((await test.api(path, stale, 'PUT')).status, 422);
    const folder = await test.api('/repos/acme/files/contents/a?ref=topic');
    assert.deepEqual(
      (await folder.json()).map((entry: { path: string }) => entry.path),
      ['a/b.txt'],
    );
  });
});

describe('pull requests', () => {
  it('are merged with a merge commit that keeps the author', async () => {
    const name = 'pulls';
    const clone = await repository(name);
    const head = 'topic/one';
    const files = { 'README.md': 'one\ntwo\nTHREE\n', 'new.txt': 'n\n' };
    const number = await pullRequest(clone, { name, head, files });
    const path = `/repos/acme/${name}/pulls/${number}`;
    const pull = await (await test.api(path)).json();
    assert.equal(pull.state, 'open');
    assert.equal(pull.mergeable, true);
    assert.equal(pull.head.ref, head);
    assert.equal(pull.html_url, `${test.url}/acme/${name}/pulls/${number}`);
    const changed = await (await test.api(`${path}/files`)).json();
    assert.deepEqual(
      changed.map((one: { filename: string; status: string }) => [
        one.filename,
        one.status,
      ]),
      [
        ['README.md', 'changed'],
        ['new.txt', 'added'],
      ],
    );
    const twice = { title: 'again', head, base: 'main' };
    const second = await test.api(`/repos/acme/${name}/pulls`, twice);
    assert.equal(second.status, 409);

    const page = await (await fetch(pull.html_url)).text();
    assert.match(page, /stand-in/);
    assert.match(page, /<button class="main">Merge<\/button>/);
    assert.match(page, /class="add">\+THREE/);

    const merged = await test.api(`${path}/merge`, { Do: 'merge' });
    assert.equal(merged.status, 200);
    const now = await (await test.api(path)).json();
    assert.deepEqual([now.state, now.merged], ['closed', true]);
    const again = await test.api(`${path}/merge`, { Do: 'merge' });
    assert.equal(again.status, 405);
    await test.git(clone, 'fetch', '-q');
    const log = await test.git(
      clone,
      'log',
      '-2',
      '--format=%P|%an',
      'origin/main',
    );
    const [merge, change] = log.trim().split('\n');
    assert.equal(merge.split('|')[0].split(' ').length, 2);
    assert.equal(change.split('|')[1], 'Ada Lovelace');
  });

  it('follow their branch, take comments and can be closed', async () => {
    const name = 'follow';
    const clone = await repository(name);
    const files = { 'a.txt': 'a' };
    const number = await pullRequest(clone, { name, head: 'topic', files });
    await commit(clone, { 'b.txt': 'b' }, 'feat: b');
    await test.git(clone, 'push', '-q', 'origin', 'topic');
    const path = `/repos/acme/${name}/pulls/${number}`;
    const tip = (await test.git(clone, 'rev-parse', 'HEAD')).trim();
    assert.equal((await (await test.api(path)).json()).head.sha, tip);
    const said = await test.api(
      `/repos/acme/${name}/issues/${number}/comments`,
      {
        body: '<script>alert(1)</script>',
      },
    );
    assert.equal(said.status, 201);
    const page = await (
      await fetch(`${test.url}/acme/${name}/pulls/${number}`)
    ).text();
    assert.ok(!page.includes('<script>'), 'a comment is not HTML');
    await test.api(path, { state: 'closed' }, 'PATCH');
    const open = await (await test.api(`/repos/acme/${name}/pulls`)).json();
    assert.deepEqual(open, []);
  });

  it('that conflict are refused with the files that do', async () => {
    const name = 'conflict';
    const clone = await repository(name);
    const options = { name, head: 'mine', files: { 'README.md': 'mine\n' } };
    const number = await pullRequest(clone, options);
    await test.git(clone, 'checkout', '-q', 'main');
    await commit(clone, { 'README.md': 'theirs\n' }, 'fix: theirs');
    await test.git(clone, 'push', '-q', 'origin', 'main');
    const path = `/repos/acme/${name}/pulls/${number}`;
    assert.equal((await (await test.api(path)).json()).mergeable, false);
    const refused = await test.api(`${path}/merge`, { Do: 'merge' });
    assert.equal(refused.status, 409);
    assert.match((await refused.json()).message, /README\.md/);
    const form = await fetch(`${test.url}/acme/${name}/pulls/${number}/merge`, {
      method: 'POST',
    });
    assert.equal(form.status, 409);
    assert.match(await form.text(), /Conflicts with main in README\.md/);
  });

  it('of the platform are merged by themselves, unless they delete', async () => {
    const name = 'auto';
    const clone = await repository(name);
    const files = { 'app.yaml': 'a: 1\n' };
    const number = await pullRequest(clone, { name, head: 'add', files });
    const path = `/repos/acme/${name}`;
    await eventually('the bot merged', async () => {
      const pull = await (await test.api(`${path}/pulls/${number}`)).json();
      return pull.merged && pull.merged_by.login === 'platform-bot';
    });
    await test.git(clone, 'fetch', '-q');
    await test.git(clone, 'checkout', '-q', '-b', 'drop', 'origin/main');
    await test.git(clone, 'rm', '-q', 'app.yaml');
    await commit(clone, {}, 'chore: drop');
    await test.git(clone, 'push', '-q', 'origin', 'drop');
    const body = { title: 'drop', head: 'drop', base: 'main' };
    const drop = await (await test.api(`${path}/pulls`, body)).json();
    const comments = `${path}/issues/${drop.number}/comments`;
    await eventually('the bot said why it does not', async () => {
      const said = await (await test.api(comments)).json();
      return said.some((one: { body: string }) => one.body.includes('removes'));
    });
    const left = await (await test.api(`${path}/pulls/${drop.number}`)).json();
    assert.equal(left.state, 'open');
  });
});

describe('pages', () => {
  it('change a file by pull request or commit, and never over a newer change', async () => {
    const name = 'pages';
    const clone = await repository(name);
    const source = `${test.url}/acme/${name}/src/branch/main`;
    assert.equal((await fetch(source)).status, 200);
    const form = async (values: Record<string, string>, origin = test.url) =>
      fetch(`${test.url}/acme/${name}/_edit/main/README.md`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin },
        body: new URLSearchParams({
          path: 'README.md',
          message: 'm',
          ...values,
        }),
      });
    const edit = await fetch(`${test.url}/acme/${name}/_edit/main/README.md`);
    // A browser drops one line end right after the tag.
    const shown = /<textarea[^>]*>\n?([^<]*)<\/textarea/.exec(
      await edit.text(),
    );
    assert.equal(shown?.[1], 'one\ntwo\nthree\n');
    const opened = (await test.git(clone, 'rev-parse', 'HEAD')).trim();
    const base = { commit: opened, text: 'by hand\r\n' };

    assert.equal((await form(base, 'http://evil.example')).status, 403);
    const pull = await form({ ...base, how: 'pull', topic: 'edit' });
    assert.equal(pull.headers.get('location'), `/acme/${name}/pulls/1`);
    const merged = await fetch(`${test.url}/acme/${name}/pulls/1/merge`, {
      method: 'POST',
      redirect: 'manual',
    });
    assert.equal(merged.status, 303);
    const text = await (
      await fetch(`${test.url}/acme/${name}/raw/branch/main/README.md`)
    ).text();
    assert.equal(text, 'by hand\n');
    const late = await form({ ...base, text: 'late\n', how: 'commit' });
    assert.equal(late.status, 409);
  });
});

describe('webhooks', () => {
  it('deliver pushes that can be verified', async () => {
    const received: Array<{ headers: IncomingHttpHeaders; body: string }> = [];
    const server = createServer(async (incoming, answer) => {
      let body = '';
      for await (const chunk of incoming) body += chunk;
      received.push({ headers: incoming.headers, body });
      answer.end();
    }).listen(0, '127.0.0.1');
    try {
      const clone = await repository('hooks');
      const { port } = server.address() as AddressInfo;
      const config = {
        url: `http://127.0.0.1:${port}/hook`,
        content_type: 'json',
        secret: 's3cret',
      };
      const body = { type: 'gitea', config, events: ['push'], active: true };
      const made = await test.api('/repos/acme/hooks/hooks', body);
      assert.equal(made.status, 201);
      const listed = await (await test.api('/repos/acme/hooks/hooks')).text();
      assert.ok(!listed.includes('s3cret'));
      await commit(clone, { x: '1' }, 'feat: hooked');
      await test.git(clone, 'push', '-q', 'origin', 'main');
      await eventually('the delivery came', () => received.length === 1);
      const [{ headers, body: text }] = received;
      const signature = createHmac('sha256', 's3cret')
        .update(text)
        .digest('hex');
      assert.equal(headers['x-gitea-event'], 'push');
      assert.equal(headers['x-gitea-signature'], signature);
      assert.equal(headers['x-hub-signature-256'], `sha256=${signature}`);
      const push = JSON.parse(text);
      assert.equal(push.ref, 'refs/heads/main');
      assert.equal(push.commits[0].message, 'feat: hooked\n');
      assert.equal(push.repository.full_name, 'acme/hooks');
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe('a restart', () => {
  it('forgets nothing, and a taken port is an error', async () => {
    const directory = join(test.directory, 'again');
    const first = createForge({ port: 0, directory });
    await first.start();
    await first.forge.createOrganisation('acme');
    await first.forge.createRepository({ owner: 'acme', name: 'kept' });
    const author = { name: 'A', email: 'a@b' };
    const change = { owner: 'acme', repository: 'kept', author };
    const file = (content: string) => [{ path: 'x', content }];
    await first.forge.commit({
      ...change,
      branch: 'main',
      message: 'feat: x',
      files: file('1'),
    });
    await first.forge.commit({
      ...change,
      branch: 'topic',
      from: 'main',
      message: 'feat: y',
      files: file('2'),
    });
    const opened = await fetch(`${first.url}/api/v1/repos/acme/kept/pulls`, {
      method: 'POST',
      headers: {
        authorization: 'token playground-password',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ title: 't', head: 'topic', base: 'main' }),
    });
    assert.equal(opened.status, 201);
    const port = Number(new URL(first.url).port);
    const taken = createForge({ port, directory: join(directory, 'x') });
    await assert.rejects(taken.start(), { code: 'EADDRINUSE' });
    await first.stop();

    const second = createForge({ port: 0, directory });
    await second.start();
    const path = '/api/v1/repos/acme/kept/pulls/1';
    const pull = await (await fetch(second.url + path)).json();
    await second.stop();
    assert.equal(pull.title, 't');
    assert.equal(pull.mergeable, true);
  });
});
