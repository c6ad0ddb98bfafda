import {
  ObjectFields,
  type KubernetesObject,
  type ObserverContext,
  type SourceObservation,
} from '@fairway/plugin-gitops-node';
import { readRevision } from './readRevision';
import { condition } from './readStatus';

/** What a source says: the revision that its followers should run. */
export function observeSource(
  object: KubernetesObject,
  context: ObserverContext,
): SourceObservation {
  const fields = ObjectFields.of(object);
  const spec = fields.object('spec');
  const status = fields.object('status');
  const ready = condition(status, 'Ready');
  const isReady = ready.string('status') === 'True';
  const suspended = spec.boolean('suspend') === true;
  return {
    type: 'source',
    ref: {
      cluster: context.cluster,
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace: fields.object('metadata').string('namespace'),
      name: object.metadata.name,
    },
    url: readUrl(object.kind, spec),
    targetRevision: readTargetRevision(object.kind, spec),
    // The index of a Helm repository is no revision that a release could run.
    revision:
      object.kind === 'HelmRepository'
        ? undefined
        : readRevision(status.object('artifact').string('revision')),
    ready: isReady,
    message: readMessage({ ready, isReady, suspended }),
  };
}

function readMessage(options: {
  ready: ObjectFields;
  isReady: boolean;
  suspended: boolean;
}): string | undefined {
  if (options.suspended) {
    return 'The source is suspended, so new revisions are not seen; resume it';
  }
  if (options.isReady) {
    return undefined;
  }
  return (
    options.ready.string('message') ?? 'Flux has not fetched the source yet'
  );
}

/** The address, without any credentials that somebody wrote into it. */
function readUrl(kind: string, spec: ObjectFields): string | undefined {
  if (kind === 'Bucket') {
    const endpoint = spec.string('endpoint');
    const bucket = spec.string('bucketName');
    return endpoint && bucket ? `${endpoint}/${bucket}` : undefined;
  }
  return spec.string('url')?.replace(/^(https?:\/\/)[^/@]*@/, '$1');
}

function readTargetRevision(
  kind: string,
  spec: ObjectFields,
): string | undefined {
  const ref = spec.object('ref');
  if (kind === 'GitRepository') {
    return (
      ['commit', 'name', 'semver', 'tag', 'branch']
        .map(name => ref.string(name))
        .find(value => value !== undefined) ?? 'master'
    );
  }
  if (kind === 'OCIRepository') {
    return (
      ['digest', 'semver', 'tag']
        .map(name => ref.string(name))
        .find(value => value !== undefined) ?? 'latest'
    );
  }
  return undefined;
}
