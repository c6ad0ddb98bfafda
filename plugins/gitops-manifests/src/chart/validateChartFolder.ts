import {
  cp,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  validateFolder,
  type BuildKustomizationOptions,
  type ValidatedOverlay,
} from '../kustomize';
import { YamlText } from '../edit';

/**
 * Builds every overlay of a folder without its charts: those are downloaded by the engine, and by
 * nobody before it. What stands beside a chart, and a `HelmRelease` with its patches, is checked
 * as {@link validateFolder} does it.
 *
 * @param directory - absolute path of the folder with `overlays` in it; it is not changed.
 * @throws InputError with the overlay and what is wrong with it.
 *
 * @public
 */
export async function validateChartFolder(
  directory: string,
  options: BuildKustomizationOptions = {},
): Promise<ValidatedOverlay[]> {
  const copy = await mkdtemp(path.join(tmpdir(), 'chart-'));
  try {
    await cp(directory, copy, { recursive: true });
    const overlays = path.join(copy, 'overlays');
    for (const name of await readdir(overlays).catch(() => [])) {
      const file = path.join(overlays, name, 'kustomization.yaml');
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text !== undefined) {
        const yaml = YamlText.parse(text, { name: file });
        await writeFile(file, yaml.delete(['helmCharts']).toString());
      }
    }
    return await validateFolder(copy, options);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
