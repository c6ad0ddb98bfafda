import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@backstage/errors';
import { RunFile } from './RunFile';

const OURS = [
  'forge',
  'cluster',
  'renders',
  'images.json',
  'world.json',
  'playground.pid',
];

/**
 * Removes everything a playground kept in a folder; the next start begins anew.
 *
 * @throws ConflictError while a playground runs there; InputError when the folder does not
 * look like one of a playground.
 */
export function resetPlayground(directory: string): void {
  if (!existsSync(directory)) return;
  new RunFile(directory).assertFree();
  const entries = readdirSync(directory);
  // A wrong FAIRWAY_PLAYGROUND_DIR must not cost anybody a home folder.
  if (entries.length > 0 && !entries.some(entry => OURS.includes(entry))) {
    throw new InputError(
      `${directory} does not look like the state of a playground; nothing was removed. Check FAIRWAY_PLAYGROUND_DIR`,
    );
  }
  for (const entry of OURS) {
    rmSync(join(directory, entry), { recursive: true, force: true });
  }
  if (readdirSync(directory).length === 0)
    rmSync(directory, { recursive: true });
}
