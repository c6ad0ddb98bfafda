import type { ObjectRef } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  withoutCredentials,
  type KubernetesObject,
  type ObserverContext,
  type SourceObservation,
} from '@fairway/plugin-gitops-node';
import { condition, is } from './readConditions';
import { isBehind } from './readHealth';
import { readRef, readSourceRef } from './readRefs';
import { readPath, readRevision } from './readRevision';

/** Where an artifact says which commit it was built from. */
const COMMIT_ANNOTATION = 'org.opencontainers.image.revision';

/** What a source says: the revision that its followers should run. */
export function observeSource(
  object: KubernetesObject,
  context: ObserverContext,
): SourceObservation {
  const fields = ObjectFields.of(object);
  const spec = fields.object('spec');
  const status = fields.object('status');
  const ready = isReady(fields);
  const ref = readRef(object, context);
  return {
    type: 'source',
    ref,
    url: readUrl(object.kind, spec),
    targetRevision: readTargetRevision(object.kind, spec),
    ...(object.kind === 'HelmChart' && readChart(fields, ref)),
    // The index of a Helm repository is no revision that a release could run.
    revision:
      object.kind === 'HelmRepository'
        ? undefined
        : readRevision(status.object('artifact').string('revision')),
    originRevision: readOrigin(object.kind, fields),
    ready,
    message: readMessage(fields, ready),
  };
}

/** What a chart is packaged from. */
function readChart(
  fields: ObjectFields,
  ref: ObjectRef,
): Pick<SourceObservation, 'sourceRef' | 'path'> {
  const spec = fields.object('spec');
  const sourceRef = readSourceRef(spec.object('sourceRef'), ref);
  const isFolder = sourceRef && sourceRef.kind !== 'HelmRepository';
  return {
    sourceRef,
    ...(isFolder && { path: readPath(spec.string('chart')) }),
  };
}

function readOrigin(kind: string, fields: ObjectFields): string | undefined {
  const status = fields.object('status');
  if (kind === 'HelmChart') {
    const { kind: from } = fields.object('spec').record('sourceRef');
    return from === 'GitRepository'
      ? readRevision(status.string('observedSourceArtifactRevision'))
      : undefined;
  }
  return readRevision(
    status.object('artifact').record('metadata')[COMMIT_ANNOTATION],
  );
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
  if (
    is(status, 'Stalled', 'True') ||
    is(status, 'Ready', 'False') ||
    // What it has may be of another branch or address than it names now.
    isBehind(fields)
  ) {
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

const NOT_FETCHED = 'Flux has not fetched the source yet';

function readMessage(fields: ObjectFields, ready: boolean): string | undefined {
  const status = fields.object('status');
  if (fields.object('spec').boolean('suspend') === true) {
    return 'The source is suspended, so new revisions are not seen; resume it';
  }
  if (ready) {
    return undefined;
  }
  if (is(status, 'Stalled', 'True')) {
    return condition(status, 'Stalled').message('message') ?? NOT_FETCHED;
  }
  return is(status, 'Ready', 'False') || !isBehind(fields)
    ? condition(status, 'Ready').message('message') ?? NOT_FETCHED
    : 'Flux has not fetched what the source names now; if that lasts, look whether its controller runs';
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
