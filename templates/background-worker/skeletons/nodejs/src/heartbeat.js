import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The only place that the container can write to. */
export const HEARTBEAT_FILE = path.join(tmpdir(), 'alive');

const OLDEST_SECONDS = 90;

/** Says that the worker works. Call it in between, too, where one piece takes long. */
export async function beat(file = HEARTBEAT_FILE) {
  await writeFile(file, String(Date.now()));
}

/** Whether the worker has said so lately. */
export async function isAlive(file = HEARTBEAT_FILE, now = Date.now()) {
  const text = await readFile(file, 'utf8').catch(() => '0');
  return now - Number(text) < OLDEST_SECONDS * 1000;
}
