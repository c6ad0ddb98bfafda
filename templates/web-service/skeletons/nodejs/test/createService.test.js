import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createService } from '../src/createService.js';

const service = createService({
  name: 'service',
  version: '1.2.3',
  environment: 'test',
});
let url;

before(async () => {
  url = `http://localhost:${await service.listen(0)}`;
});
after(() => service.stop());

test('says what it is', async () => {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {
    name: 'service',
    version: '1.2.3',
    environment: 'test',
  });
});

test('is alive and ready', async () => {
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
});

test('refuses what it does not know', async () => {
  assert.equal((await fetch(`${url}/nowhere`)).status, 404);
  assert.equal((await fetch(url, { method: 'POST' })).status, 405);
});

test('tells how many requests it answered', async () => {
  await fetch(`${url}/nowhere`);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^http_requests_total\{status="404"\} [1-9]/m);
});

test('wants no requests while it shuts down, and answers those it has', async () => {
  const stopping = createService({ name: 'a', version: 'b', environment: 'c' });
  const other = `http://localhost:${await stopping.listen(0)}`;

  const stopped = stopping.stop({ graceMilliseconds: 200 });
  const ready = await fetch(`${other}/readyz`);
  const alive = await fetch(`${other}/healthz`);
  await stopped;

  assert.equal(ready.status, 503);
  assert.equal(alive.status, 200);
  await assert.rejects(fetch(`${other}/healthz`));
});
