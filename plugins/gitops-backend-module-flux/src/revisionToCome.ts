import {
  ObjectFields,
  type KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { readRevision } from './readRevision';

/**
 * The revision that a source has and that what follows it has not taken up yet, in Flux's words;
 * undefined when it has, or when the two cannot be compared.
 *
 * @remarks
 * Flux asks an object to reconcile when its source brings something else, but what runs at that
 * moment ends with what it began with.
 */
export function revisionToCome(
  follower: ObjectFields,
  before: KubernetesObject,
): string | undefined {
  const source = ObjectFields.of(before);
  const offered = source.object('status').object('artifact').string('revision');
  if (!offered || !isItsSource(follower, source)) {
    return undefined;
  }
  const { taken, wanted } = compare(follower, { kind: before.kind, offered });
  return taken !== undefined && taken !== wanted ? offered : undefined;
}

/** What was taken up, and what would be, in the form in which the follower writes revisions. */
function compare(
  follower: ObjectFields,
  source: { kind: string; offered: string },
): { taken?: string; wanted?: string } {
  const status = follower.object('status');
  const { kind, offered } = source;
  switch (follower.string('kind')) {
    case 'Kustomization':
      return {
        taken: readRevision(status.string('lastAppliedRevision')),
        wanted: readRevision(offered),
      };
    case 'HelmChart':
      return {
        taken: status.string('observedSourceArtifactRevision'),
        wanted: offered,
      };
    case 'HelmRelease':
      return kind === 'OCIRepository'
        ? {
            taken: status.string('lastAttemptedRevisionDigest'),
            wanted: offered.split('@').at(-1),
          }
        : { taken: status.string('lastAttemptedRevision'), wanted: offered };
    default:
      return {};
  }
}

/** It may refer to another one by now. */
function isItsSource(follower: ObjectFields, source: ObjectFields): boolean {
  const spec = follower.object('spec');
  const kind = source.string('kind');
  const name = source.object('metadata').string('name');
  const namespace = source.object('metadata').string('namespace');
  if (follower.string('kind') === 'HelmRelease' && !spec.has('chartRef')) {
    return (
      follower.object('status').string('helmChart') === `${namespace}/${name}`
    );
  }
  const reference = spec.object(
    follower.string('kind') === 'HelmRelease' ? 'chartRef' : 'sourceRef',
  );
  return reference.string('kind') === kind && reference.string('name') === name;
}
