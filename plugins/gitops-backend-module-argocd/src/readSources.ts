import type { ApplicationSource } from '@fairway/plugin-gitops-common';
import {
  withoutCredentials,
  type ObjectFields,
} from '@fairway/plugin-gitops-node';
import { lookUp } from './lookUp';

/** The sources of an `Application`, with the one that its revisions are told by. */
export interface ArgocdSources extends Partial<SourceIndexes> {
  primary: ApplicationSource;
  /** All of them in Argo CD's order, when the application lists `sources`. */
  all?: ApplicationSource[];
  /** Where the source hydrator reads from. */
  dry?: ApplicationSource;
}

/** Which of some sources are special, by their place in lists of sources and of revisions. */
export interface SourceIndexes {
  /** The one that stands for all; see {@link readSources}. */
  primaryIndex: number;
  /** The first one that is a Helm chart; absent when none is. */
  chartIndex?: number;
}

const TYPES: Record<string, ApplicationSource['type']> = {
  Helm: 'helm',
  Kustomize: 'kustomize',
  Directory: 'directory',
  Plugin: 'plugin',
};

/** `./overlays/prod/` and `overlays/prod` are one folder. */
function normalizePath(path: string | undefined): string | undefined {
  return path
    ?.split('/')
    .filter(segment => segment !== '' && segment !== '.')
    .join('/');
}

/** What Argo CD found, else what the source itself asks for, else nothing. */
function typeOf(
  source: ObjectFields,
  found: string | undefined,
): ApplicationSource['type'] {
  const chart = source.string('chart');
  if (source.string('ref') && !source.string('path') && !chart) {
    return undefined; // It lends files to others and renders nothing.
  }
  const asked = (['helm', 'kustomize', 'directory', 'plugin'] as const).find(
    type => source.has(type),
  );
  return lookUp(TYPES, found) ?? (chart ? 'helm' : asked);
}

function readUrl(source: ObjectFields): string | undefined {
  const url = source.string('repoURL');
  return url && withoutCredentials(url);
}

function toSource(source: ObjectFields, found?: string): ApplicationSource {
  const chart = source.string('chart');
  return {
    repoUrl: readUrl(source),
    path: chart ? undefined : normalizePath(source.string('path') ?? ''),
    chart,
    targetRevision:
      source.string('targetRevision') ?? (chart ? undefined : 'HEAD'),
    type: typeOf(source, found),
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

/** What is synced is the hydrated branch; people write to the dry source. */
function readHydrator(
  hydrator: ObjectFields,
  status: ObjectFields,
): ArgocdSources {
  const dry = hydrator.object('drySource');
  const synced = hydrator.object('syncSource');
  return {
    primary: {
      repoUrl: readUrl(synced) ?? readUrl(dry),
      path: normalizePath(synced.string('path') ?? ''),
      targetRevision: synced.string('targetBranch'),
      type: lookUp(TYPES, status.string('sourceType')),
    },
    dry: toSource(dry),
  };
}

/**
 * Reads `sourceHydrator`, `sources` or `source`, in Argo CD's order of precedence.
 *
 * @remarks
 * - Of several sources the primary one is the first that renders a folder of a Git repository or
 *   an OCI artifact, else the first whose values files a chart takes (releases are made there),
 *   else the first.
 * - Of a hydrated application the source is the branch that is synced, because its revisions are
 *   those of that branch; `dry` is where people write. With `hydrateTo` a pull request stands
 *   between the two, which is nobody's business here.
 */
export function readSources(
  spec: ObjectFields,
  status: ObjectFields,
): ArgocdSources {
  if (spec.has('sourceHydrator')) {
    return readHydrator(spec.object('sourceHydrator'), status);
  }
  const sources = spec.list('sources');
  if (sources.length === 0) {
    const source = spec.object('source');
    return {
      primary: toSource(source, status.string('sourceType')),
      ...indexSources([source]),
    };
  }
  const typeAt = readTypes(sources, status);
  const all = sources.map((source, index) => toSource(source, typeAt(index)));
  const indexes = indexSources(sources);
  const { primaryIndex } = indexes;
  const primary = { ...all[primaryIndex] };
  const ref = sources[primaryIndex].string('ref');
  if (ref && !rendersFolder(sources[primaryIndex])) {
    primary.path = valuesFolder(sources, ref);
  }
  return { primary, all, ...indexes };
}

/** What Argo CD found each source to be when it compared last, which may have been others. */
function readTypes(
  sources: readonly ObjectFields[],
  status: ObjectFields,
): (index: number) => string | undefined {
  const types = status.strings('sourceTypes');
  const compared = status.object('sync').object('comparedTo').list('sources');
  if (compared.length === types.length) {
    const names = nameSources(sources);
    const places = nameSources(compared);
    return index => types[places.indexOf(names[index])];
  }
  return index => (types.length === sources.length ? types[index] : undefined);
}

/** Empty fields are as good as none: some tools write all that there are. */
function rendersFolder(source: ObjectFields): boolean {
  return Boolean(source.string('path')) && !source.string('chart');
}

/** The rule of {@link readSources} about the primary source, for sources of whenever. */
export function indexSources(sources: readonly ObjectFields[]): SourceIndexes {
  const rendered = sources.findIndex(rendersFolder);
  const values = sources.findIndex(source => source.string('ref'));
  const chart = sources.findIndex(source => source.string('chart'));
  return {
    primaryIndex: [rendered, values, 0].find(index => index >= 0) ?? 0,
    chartIndex: chart >= 0 ? chart : undefined,
  };
}

/** What tells sources apart, whatever their order; those that are alike by their number. */
export function nameSources(sources: readonly ObjectFields[]): string[] {
  const counts = new Map<string, number>();
  return sources.map(source => {
    const name = ['repoURL', 'chart', 'path', 'ref']
      .map(field => source.string(field) ?? '')
      .join('\n');
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return `${name}\n${count}`;
  });
}
