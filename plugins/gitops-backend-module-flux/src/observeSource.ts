import {
  ObjectFields,
  withoutCredentials,
  type KubernetesObject,
  type ObserverContext,
  type SourceObservation,
} from '@fairway/plugin-gitops-node';
import { condition, is } from './readConditions';
import { readRef } from './readRefs';
import { readRevision } from './readRevision';

/** What a source says: the revision that its followers should run. */
export function observeSource(
  object: KubernetesObject,
  context: ObserverContext,
): SourceObservation {
  const fields = ObjectFields.of(object);
  const spec = fields.object('spec');
  const status = fields.object('status');
  const ready = isReady(fields);
  return {
    type: 'source',
    ref: readRef(object, context),
    url: readUrl(object.kind, spec),
    targetRevision: readTargetRevision(object.kind, spec),
    // The index of a Helm repository is no revision that a release could run.
    revision:
      object.kind === 'HelmRepository'
        ? undefined
        : readRevision(status.object('artifact').string('revision')),
    ready,
    message: readMessage(fields, ready),
  };
}

/**
 * Whether it can be relied on to have the newest revision. While it is being fetched again it is
 * neither ready nor failed; what was fetched before counts then.
 */
function isReady(fields: ObjectFields): boolean {
  const status = fields.object('status');
  // source-controller gives an OCI registry no status: there is nothing to fetch ahead of a chart.
  if (isRegistry(fields)) {
    return true;
  }
  if (is(status, 'Stalled', 'True') || is(status, 'Ready', 'False')) {
    return false;
  }
  return is(status, 'Ready', 'True') || status.has('artifact');
}

/** A Helm repository of which nothing is fetched ahead of a chart. */
export function isRegistry(fields: ObjectFields): boolean {
  return (
    fields.string('kind') === 'HelmRepository' &&
    fields.object('spec').string('type') === 'oci'
  );
}

function readMessage(fields: ObjectFields, ready: boolean): string | undefined {
  const status = fields.object('status');
  if (fields.object('spec').boolean('suspend') === true) {
    return 'The source is suspended, so new revisions are not seen; resume it';
  }
  if (ready) {
    return undefined;
  }
  const stalled = condition(status, 'Stalled');
  return (
    (stalled.string('status') === 'True'
      ? stalled
      : condition(status, 'Ready')
    ).message('message') ?? 'Flux has not fetched the source yet'
  );
}

/** The address, without any credentials that somebody wrote into it. */
function readUrl(kind: string, spec: ObjectFields): string | undefined {
  if (kind === 'Bucket') {
    const endpoint = spec.string('endpoint');
    const bucket = spec.string('bucketName');
    return endpoint && bucket
      ? withoutCredentials(`${endpoint}/${bucket}`)
      : undefined;
  }
  const url = spec.string('url');
  return url && withoutCredentials(url);
}

function readTargetRevision(
  kind: string,
  spec: ObjectFields,
): string | undefined {
  const ref = spec.object('ref');
  const first = (names: string[]) =>
    names.map(name => ref.string(name)).find(value => value !== undefined);
  switch (kind) {
    case 'GitRepository':
      return first(['commit', 'name', 'semver', 'tag', 'branch']) ?? 'master';
    case 'OCIRepository':
      return first(['digest', 'semver', 'tag']) ?? 'latest';
    case 'HelmChart':
      // A chart in a repository of files has the version that stands there.
      return spec.object('sourceRef').string('kind') === 'HelmRepository'
        ? spec.string('version') ?? '*'
        : undefined;
    default:
      return undefined;
  }
}
