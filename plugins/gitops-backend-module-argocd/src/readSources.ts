import type { ApplicationSource } from '@fairway/plugin-gitops-common';
import {
  withoutCredentials,
  type ObjectFields,
} from '@fairway/plugin-gitops-node';
import { lookUp } from './lookUp';

/** The sources of an `Application`, with the one that its revisions are told by. */
export interface ArgocdSources {
  primary: ApplicationSource;
  /** All of them in Argo CD's order, when the application lists `sources`. */
  all?: ApplicationSource[];
  /** Where the source hydrator reads from. */
  dry?: ApplicationSource;
  /** Index of the primary source in lists of revisions; absent when there is a single source. */
  primaryIndex?: number;
  /** Index of the source that is a Helm chart; absent when none is, or there is a single source. */
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
  if (source.has('ref') && !source.has('path') && !source.has('chart')) {
    return undefined; // It lends files to others and renders nothing.
  }
  const asked = (['helm', 'kustomize', 'directory', 'plugin'] as const).find(
    type => source.has(type),
  );
  return lookUp(TYPES, found) ?? (source.has('chart') ? 'helm' : asked);
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
    return {
      primary: toSource(spec.object('source'), status.string('sourceType')),
    };
  }
  const types = status.strings('sourceTypes');
  // What Argo CD said of other sources than these says nothing of these.
  const all = sources.map((source, index) =>
    toSource(
      source,
      types.length === sources.length ? types[index] : undefined,
    ),
  );
  const rendered = sources.findIndex(
    source => source.has('path') && !source.has('chart'),
  );
  const values = sources.findIndex(source => source.has('ref'));
  const chart = sources.findIndex(source => source.has('chart'));
  const primaryIndex = [rendered, values, 0].find(index => index >= 0) ?? 0;
  const primary = { ...all[primaryIndex] };
  const ref = sources[primaryIndex].string('ref');
  if (ref && primaryIndex !== rendered) {
    primary.path = valuesFolder(sources, ref);
  }
  return {
    primary,
    all,
    primaryIndex,
    chartIndex: chart >= 0 ? chart : undefined,
  };
}
