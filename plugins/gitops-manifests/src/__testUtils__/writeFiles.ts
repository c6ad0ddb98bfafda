import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ManifestFile } from '../objects';

/** Writes files to a new folder, and returns its path. */
export async function writeFiles(files: ManifestFile[]): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'manifests-'));
  for (const file of files) {
    const target = path.join(root, file.path);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, file.content);
  }
  return root;
}
