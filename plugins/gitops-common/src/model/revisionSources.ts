import type { Application, ApplicationSource } from './Application';

function placeOf({ repoUrl, chart, targetRevision }: ApplicationSource) {
  return JSON.stringify([repoUrl, chart, targetRevision]);
}

/**
 * The sources that a single revision is meant for, when somebody syncs an application to one: its
 * only source; of several the only Git repository or OCI artifact (all sources that follow it in
 * the same place), else the only chart. None when that is not clear.
 *
 * @public
 */
export function revisionSources({
  source,
  sources,
}: Pick<Application, 'source' | 'sources'>): ApplicationSource[] {
  if (!sources) {
    return [source];
  }
  const repositories = sources.filter(({ chart }) => chart === undefined);
  const candidates = repositories.length > 0 ? repositories : [...sources];
  const places = new Set(candidates.map(placeOf));
  return places.size === 1 ? candidates : [];
}
