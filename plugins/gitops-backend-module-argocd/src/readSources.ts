import type { ApplicationSource } from '@fairway/plugin-gitops-common';
import { ObjectFields } from '@fairway/plugin-gitops-node';

/** The sources of an `Application`, with the one that its revisions are told by. */
export interface ArgocdSources {
  primary: ApplicationSource;
  /** Index of the primary source in lists of revisions; absent when there is a single source. */
  primaryIndex?: number;
  /** Index of the source that is a Helm chart; absent when none is, or there is a single source. */
  chartIndex?: number;
}

/** `./overlays/prod/` and `overlays/prod` are one folder. */
function normalizePath(path: string | undefined): string | undefined {
  return path
    ?.split('/')
    .filter(segment => segment !== '' && segment !== '.')
    .join('/');
}

function toSource(source: ObjectFields): ApplicationSource {
  const chart = source.string('chart');
  return {
    repoUrl: source.string('repoURL'),
    path: chart ? undefined : normalizePath(source.string('path') ?? ''),
    chart,
    targetRevision:
      source.string('targetRevision') ?? (chart ? undefined : 'HEAD'),
  };
}

/** The folder of the values files that a chart takes from the source named `ref`. */
function valuesFolder(sources: ObjectFields[], ref: string): string {
  const prefix = `$${ref}/`;
  const file = sources
    .flatMap(source => source.object('helm').strings('valueFiles'))
    .find(name => name.startsWith(prefix));
  return file
    ? file.slice(prefix.length).split('/').slice(0, -1).join('/')
    : '';
}

/**
 * Reads `sourceHydrator`, `sources` or `source`, in Argo CD's order of precedence.
 *
 * @remarks
 * Of several sources the primary one is the first that renders a folder of a Git repository,
 * else the first whose values files a chart takes (releases are made there), else the first.
 */
export function readSources(spec: ObjectFields): ArgocdSources {
  if (spec.has('sourceHydrator')) {
    const hydrator = spec.object('sourceHydrator');
    const synced = hydrator.object('syncSource');
    return {
      primary: {
        repoUrl: hydrator.object('drySource').string('repoURL'),
        path: normalizePath(synced.string('path') ?? ''),
        targetRevision: synced.string('targetBranch'),
      },
    };
  }
  const sources = spec.list('sources');
  if (sources.length === 0) {
    return { primary: toSource(spec.object('source')) };
  }
  const rendered = sources.findIndex(
    source => source.has('path') && !source.has('chart'),
  );
  const values = sources.findIndex(source => source.has('ref'));
  const chart = sources.findIndex(source => source.has('chart'));
  const primaryIndex = [rendered, values, 0].find(index => index >= 0) ?? 0;
  const primary = toSource(sources[primaryIndex]);
  const ref = sources[primaryIndex].string('ref');
  if (ref && primaryIndex !== rendered) {
    primary.path = valuesFolder(sources, ref);
  }
  return {
    primary,
    primaryIndex,
    chartIndex: chart >= 0 ? chart : undefined,
  };
}

/** The revision of the primary source in an object that has `revision` or `revisions`. */
export function primaryRevision(
  holder: ObjectFields,
  sources: ArgocdSources,
): string | undefined {
  return sources.primaryIndex === undefined
    ? holder.string('revision')
    : holder.strings('revisions')[sources.primaryIndex] || undefined;
}
