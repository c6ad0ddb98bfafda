import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createWorker } from '../src/createWorker.js';
import { beat, isAlive } from '../src/heartbeat.js';

/** A worker that stops itself when its list of pieces is empty. */
async function run(pieces) {
  const done = [];
  let beats = 0;
  const worker = createWorker({
    pauseMilliseconds: 1,
    beat: async () => {
      beats += 1;
    },
    work: async () => {
      const piece = pieces.shift();
      if (pieces.length === 0) {
        worker.stop();
      }
      if (piece instanceof Error) {
        throw piece;
      }
      done.push(piece);
      return true;
    },
  });
  await worker.run();
  return { done, beats };
}

test('does one piece after the other, and says that it works', async () => {
  assert.deepEqual(await run([1, 2, 3]), { done: [1, 2, 3], beats: 3 });
});

test('goes on after a piece that failed', async () => {
  const { done } = await run([1, new Error('no'), 3]);
  assert.deepEqual(done, [1, 3]);
});

test('is alive while its heartbeat is young', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'worker-'));
  const file = path.join(folder, 'alive');
  assert.equal(await isAlive(file), false);
  await beat(file);
  assert.equal(await isAlive(file), true);
  assert.equal(await isAlive(file, Date.now() + 91_000), false);
  await rm(folder, { recursive: true });
});
