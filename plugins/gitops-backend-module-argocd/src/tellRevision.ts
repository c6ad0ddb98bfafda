import type { ObjectFields } from '@fairway/plugin-gitops-node';
import { indexSources, nameSources, type ArgocdSources } from './readSources';

/** The revisions of all sources at some moment, and the one that stands for them. */
export interface ToldRevision {
  all: string[];
  /** Which source each of them is of; absent where nothing says so. */
  names?: string[];
  told?: string;
  /** The version of the chart among them. */
  chartVersion?: string;
}

/** What an object of Argo CD that bears revisions says of them. */
interface BorneRevisions extends Omit<ToldRevision, 'told'> {
  /** That of the primary source (see `readSources`). */
  primary?: string;
}

/**
 * The revision that stands for an object of Argo CD that has `revision` or `revisions`.
 *
 * @remarks
 * Of a single source it is its revision. Several sources have one revision each, and one of them
 * must be told: that of the source that changed since `before`; of several that changed, that of
 * the primary one (see `readSources`) if it is among them, else of the first. So a new version of
 * a chart is a new revision although the Git repository with its values stands still, and a
 * change in Git is told as the commit that made it. Nothing changed: what was told before.
 *
 * Sources are told apart by what they are and not by their place: an application may list them in
 * another order today than when something was deployed, or name one where it named several.
 *
 * @param sources - those of today, for objects that do not say theirs
 * @param before - what was told of the deployment before, if there was one
 */
export function tellRevision(
  holder: ObjectFields,
  sources: ArgocdSources,
  before?: ToldRevision,
): ToldRevision {
  const { primary, ...borne } = readRevisions(holder, sources);
  return {
    ...borne,
    told: before ? changeOf({ ...borne, primary }, before) : primary,
  };
}

/** What is told of each entry of the history, oldest first. */
export function tellHistory(
  status: ObjectFields,
  sources: ArgocdSources,
): Array<{ entry: ObjectFields; revision: ToldRevision }> {
  let before: ToldRevision | undefined;
  return status.list('history').map(entry => {
    const revision = tellRevision(entry, sources, before);
    before = revision;
    return { entry, revision };
  });
}

/** True when both are known, and are not the same revisions of the same sources. */
export function areOthers(one: ToldRevision, other: ToldRevision): boolean {
  return (
    one.all.length > 0 &&
    other.all.length > 0 &&
    (one.all.length !== other.all.length ||
      placesIn(one, other).some(
        (place, index) => other.all[place] !== one.all[index],
      ))
  );
}

function readRevisions(
  holder: ObjectFields,
  today: ArgocdSources,
): BorneRevisions {
  const own = readOwnSources(holder);
  const one = holder.string('revision');
  const several = holder.strings('revisions');
  const isOfSeveral = own ? own.isSeveral : today.all !== undefined;
  const alone = one === undefined ? [] : [one];
  const [likely, otherwise] = isOfSeveral ? [several, alone] : [alone, several];
  const all = likely.length > 0 ? likely : otherwise;
  if (own?.sources.length === all.length) {
    const { primaryIndex, chartIndex } = indexSources(own.sources);
    return {
      all,
      names: nameSources(own.sources),
      primary: all[primaryIndex] || undefined,
      chartVersion: versionAt(all, chartIndex),
    };
  }
  // Older versions of Argo CD do not say what the sources were; they may be those of today.
  const isLikeToday = all.length === (today.all?.length ?? 1);
  return {
    all,
    primary: all[(isLikeToday && today.primaryIndex) || 0] || undefined,
    chartVersion: isLikeToday ? versionAt(all, today.chartIndex) : undefined,
  };
}

function versionAt(
  all: readonly string[],
  index: number | undefined,
): string | undefined {
  return index === undefined ? undefined : all[index] || undefined;
}

/** The sources that revisions are of, where their object has them. */
function readOwnSources(
  holder: ObjectFields,
): { isSeveral: boolean; sources: ObjectFields[] } | undefined {
  for (const place of [holder, holder.object('comparedTo')]) {
    const sources = place.list('sources');
    if (sources.length > 0) {
      return { isSeveral: true, sources };
    }
    // Beside a list, Argo CD writes an empty one.
    const source = place.object('source');
    if (source.string('repoURL')) {
      return { isSeveral: false, sources: [source] };
    }
  }
  return undefined;
}

/** Where the sources of `one` are in `other`; -1 for those that it does not have. */
function placesIn(one: ToldRevision, other: ToldRevision): number[] {
  const { names } = other;
  if (one.names && names) {
    return one.names.map(name => names.indexOf(name));
  }
  const isAlike = one.all.length === other.all.length;
  return one.all.map((_, index) => (isAlike ? index : -1));
}

function changeOf(
  now: BorneRevisions,
  before: ToldRevision,
): string | undefined {
  const places = placesIn(now, before);
  if (places.every(place => place < 0)) {
    return now.primary;
  }
  const changed = now.all.filter(
    (revision, index) => revision !== before.all[places[index]],
  );
  if (changed.length === 0) {
    return before.told !== undefined && now.all.includes(before.told)
      ? before.told
      : now.primary;
  }
  return now.primary !== undefined && changed.includes(now.primary)
    ? now.primary
    : changed[0] || now.primary;
}
