import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { eventually, startTestForge, type TestForge } from './startTestForge';

const PULL = '/repos/acme/orders/issues/1/labels';
const author = { name: 'Ada', email: 'ada@playground.example' };

let test: TestForge;
before(async () => {
  test = await startTestForge();
  await test.forge.createRepository({ owner: 'acme', name: 'orders' });
  const commit = (branch: string, text: string, from?: string) =>
    test.forge.commit({
      ...{ owner: 'acme', repository: 'orders', branch, from, author },
      message: text,
      files: [{ path: 'README.md', content: text }],
    });
  await commit('main', 'one');
  await commit('change', 'two', 'main');
  const opened = await test.api('/repos/acme/orders/pulls', {
    ...{ title: 'Two', head: 'change', base: 'main' },
  });
  assert.equal(opened.status, 201);
});
after(() => test.stop());

const names = async (answer: Response) => {
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()).map((label: { name: string }) => label.name);
};

describe('labels of pull requests', () => {
  it('are put on and taken off, by name and by number', async () => {
    const made = await test.api('/repos/acme/orders/labels', {
      ...{ name: 'risky', color: '#b3362c', description: 'Look twice' },
    });
    assert.equal(made.status, 201);
    const { id } = await made.json();
    assert.deepEqual(await names(await test.api(PULL)), []);
    assert.deepEqual(
      await names(await test.api(PULL, { labels: ['preview', id] })),
      ['preview', 'risky'],
    );
    const pull = await (await test.api('/repos/acme/orders/pulls/1')).json();
    assert.deepEqual(
      pull.labels.map((label: { name: string }) => label.name),
      ['preview', 'risky'],
    );
    const [open] = test.forge.openPulls(`${test.url}/acme/orders`)!;
    assert.deepEqual(
      { ...open, headSha: open.headSha === pull.head.sha },
      {
        ...{ number: 1, title: 'Two', author: 'fairway', branch: 'change' },
        ...{ targetBranch: 'main', labels: ['preview', 'risky'] },
        headSha: true,
      },
    );
    assert.equal(test.forge.openPulls(`${test.url}/acme/none`), undefined);
    const removed = await test.api(`${PULL}/${id}`, undefined, 'DELETE');
    assert.equal(removed.status, 204);
    assert.deepEqual(await names(await test.api(PULL)), ['preview']);
    assert.deepEqual(
      await names(await test.api(PULL, { labels: ['risky'] }, 'PUT')),
      ['risky'],
    );
    await test.api(PULL, undefined, 'DELETE');
    assert.deepEqual(await names(await test.api(PULL)), []);
  });

  it('that nobody made are refused, and nothing changes', async () => {
    const answer = await test.api(PULL, { labels: ['preview', 'unknown'] });
    assert.equal(answer.status, 404);
    assert.match((await answer.json()).message, /no label "unknown"/);
    assert.equal((await test.api(PULL, { labels: 'preview' })).status, 422);
    assert.deepEqual(await names(await test.api(PULL)), []);
    const again = { name: 'preview', color: '000000' };
    assert.equal(
      (await test.api('/repos/acme/orders/labels', again)).status,
      409,
    );
    const anonymous = await fetch(`${test.url}/api/v1${PULL}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ labels: ['preview'] }),
    });
    assert.equal(anonymous.status, 401);
  });

  it('are told to webhooks that ask for them, and changed on the page', async () => {
    const received: Array<{ headers: IncomingHttpHeaders; body: string }> = [];
    const server = createServer(async (incoming, answer) => {
      let body = '';
      for await (const chunk of incoming) body += chunk;
      received.push({ headers: incoming.headers, body });
      answer.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      await test.api('/repos/acme/orders/hooks', {
        type: 'gitea',
        config: { url: `http://127.0.0.1:${port}/`, content_type: 'json' },
        events: ['pull_request_label'],
        active: true,
      });
      const page = `${test.url}/acme/orders/pulls/1`;
      const post = (fields: Record<string, string>) =>
        fetch(`${page}/labels`, {
          method: 'POST',
          body: new URLSearchParams(fields),
        });
      const text = await (await post({ label: 'preview' })).text();
      assert.match(text, /Remove label preview/);
      await eventually('the event came', () => received.length === 1);
      const [{ headers, body }] = received;
      assert.equal(headers['x-gitea-event'], 'pull_request');
      assert.equal(headers['x-gitea-event-type'], 'pull_request_label');
      const event = JSON.parse(body);
      assert.equal(event.action, 'label_updated');
      assert.equal(event.pull_request.labels[0].name, 'preview');
      await post({ label: 'preview', remove: '1' });
      await eventually('the next came', () => received.length === 2);
      assert.equal(JSON.parse(received[1].body).action, 'label_cleared');
      assert.match(await (await fetch(page)).text(), /Add label preview/);
      assert.equal((await post({ label: '<script>' })).status, 404);
    } finally {
      server.close();
    }
  });
});
