import path from 'node:path';
import { NotFoundError } from '@backstage/errors';
import { parse } from 'yaml';
import { KubernetesObject } from '../../types';
import { git, showFile } from '../git';
import { Chart, ChartContent, mergeValues, Values } from './chart';
import { commitOf } from './fluxObjects';

const REMEMBERED_CHARTS = 100;

/** Where a chart is: a folder of a repository at a commit. */
export interface ChartLocation {
  gitDirectory: string;
  revision: string;
  chart: string;
  valuesFiles?: string[];
}

/** Reads charts from Git, each once: a commit does not change. */
export class ChartReader {
  readonly #remembered = new Map<string, ChartContent>();
  /** By address: the commit that an artifact was packaged from. */
  readonly #packaged = new Map<string, string>();

  /** @throws NotFoundError - when the chart or a values file is not there. */
  async read(location: ChartLocation): Promise<ChartContent> {
    const id = JSON.stringify(location);
    const content = this.#remembered.get(id) ?? (await readChart(location));
    if (this.#remembered.size >= REMEMBERED_CHARTS) {
      this.#remembered.clear();
    }
    this.#remembered.set(id, content);
    return content;
  }

  /** Keeps a commit as the content of an artifact, whatever the branch has later. */
  package(url: string, commit: string): void {
    this.#packaged.set(url, commit);
  }

  /**
   * The chart in the artifact of a HelmChart, under the version that it was given. After a start,
   * that of the commit that was looked at last.
   */
  async unpack(
    { spec, status }: KubernetesObject,
    gitDirectory: string,
  ): Promise<ChartContent> {
    const { artifact, observedSourceArtifactRevision } = status;
    const content = await this.read({
      gitDirectory,
      revision:
        this.#packaged.get(artifact.url) ??
        commitOf(observedSourceArtifactRevision),
      chart: spec.chart,
      valuesFiles: spec.valuesFiles,
    });
    return {
      ...content,
      chart: { ...content.chart, version: artifact.revision },
    };
  }
}

async function readChart(options: ChartLocation): Promise<ChartContent> {
  const { gitDirectory, revision } = options;
  const folder = path.posix.normalize(options.chart).replace(/\/+$/, '');
  const read = (file: string) => showFile(gitDirectory, { revision, file });
  const parsed = parse((await read(`${folder}/Chart.yaml`)) ?? '') as Chart;
  if (!parsed?.name || !parsed.version) {
    throw new NotFoundError(
      `chart metadata check failed: stat ${folder}/Chart.yaml: no such file or directory`,
    );
  }
  const { name, version, appVersion } = parsed;
  let values: Values = {};
  for (const file of options.valuesFiles ?? [`${folder}/values.yaml`]) {
    const text = await read(file);
    if (text === undefined && options.valuesFiles) {
      throw new NotFoundError(`no values file found at path '${file}'`);
    }
    values = mergeValues(values, parse(text ?? '') ?? {});
  }
  const list = ['ls-tree', '-r', '--name-only', revision];
  const names = await git(gitDirectory, [...list, `${folder}/templates/`]);
  const templates: string[] = [];
  for (const file of names.split('\n').filter(line => line.endsWith('.yaml'))) {
    templates.push((await read(file)) ?? '');
  }
  return { chart: { name, version, appVersion }, values, templates };
}
