import type { ObjectFields } from '@fairway/plugin-gitops-node';
import type { ArgocdSources } from './readSources';

/** The revisions of all sources at some moment, and the one that stands for them. */
export interface ToldRevision {
  all: string[];
  told?: string;
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
 * @param before - what was told of the deployment before, if there was one
 */
export function tellRevision(
  holder: ObjectFields,
  sources: ArgocdSources,
  before?: ToldRevision,
): ToldRevision {
  if (sources.primaryIndex === undefined) {
    const revision = holder.string('revision');
    return { all: revision ? [revision] : [], told: revision };
  }
  const all = holder.strings('revisions');
  const primary = all[sources.primaryIndex] || undefined;
  if (before?.all.length !== all.length) {
    return { all, told: primary };
  }
  const changed = all.findIndex((one, index) => one !== before.all[index]);
  if (changed < 0) {
    return { all, told: before.told };
  }
  return {
    all,
    told:
      primary !== before.all[sources.primaryIndex]
        ? primary
        : all[changed] || primary,
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
