import assert from 'node:assert/strict';
import { test } from 'node:test';
import { job } from '../src/job.js';
import { run } from '../src/run.js';

test('ends well when the job is done', async () => {
  const { signal } = new AbortController();
  assert.equal(await run(job, { signal }), 0);
});

test('ends with an error when the job fails', async () => {
  const { signal } = new AbortController();
  const failing = async () => {
    throw new Error('no');
  };
  assert.equal(await run(failing, { signal }), 1);
});

test('does nothing when it shall end already', async () => {
  assert.equal(await run(job, { signal: AbortSignal.abort() }), 1);
});
