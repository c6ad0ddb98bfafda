import type { ObjectRef } from '@fairway/plugin-gitops-common';
import { isObjectName, type ObjectFields } from '@fairway/plugin-gitops-node';

const ANNOTATION_TRACKING_ID = 'argocd.argoproj.io/tracking-id';
/** The usual values of `application.instanceLabelKey`, surest first. */
const INSTANCE_LABELS = [
  'argocd.argoproj.io/instance',
  'app.kubernetes.io/instance',
];
const GROUP = 'argoproj.io';

/**
 * The object that made an `Application`: the ApplicationSet that owns it, else the app of apps
 * that tracks it.
 *
 * @remarks
 * A tracking id has the form `<application>:<group>/<kind>:<namespace>/<name>`, where an
 * application outside of Argo CD's own namespace is `<namespace>_<name>`. It counts only when it
 * speaks of this very object, because annotations are copied along. Where Argo CD tracks by label,
 * the label names the application in the same way.
 */
export function readParent(
  object: ObjectFields,
  cluster: string,
): ObjectRef | undefined {
  const metadata = object.object('metadata');
  const namespace = metadata.string('namespace');
  const owner = metadata
    .list('ownerReferences')
    .find(
      reference =>
        reference.string('kind') === 'ApplicationSet' &&
        reference.string('apiVersion')?.startsWith(`${GROUP}/`),
    );
  const ownerName = owner?.string('name');
  if (owner && ownerName && isObjectName(ownerName)) {
    return {
      cluster,
      apiVersion: owner.string('apiVersion')!,
      kind: 'ApplicationSet',
      namespace,
      name: ownerName,
    };
  }
  const instance = trackingApplication(metadata) ?? labelled(metadata);
  if (!instance) {
    return undefined;
  }
  const separator = instance.indexOf('_');
  const isOwnNamespace = separator < 0;
  const parent = {
    namespace: isOwnNamespace
      ? object.object('status').string('controllerNamespace') ?? namespace
      : instance.slice(0, separator),
    name: instance.slice(separator + 1),
  };
  const isItself =
    parent.name === metadata.string('name') && parent.namespace === namespace;
  const isPossible = [parent.name, parent.namespace ?? parent.name].every(
    isObjectName,
  );
  return isItself || !isPossible
    ? undefined
    : {
        cluster,
        apiVersion: `${GROUP}/v1alpha1`,
        kind: 'Application',
        ...parent,
      };
}

function trackingApplication(metadata: ObjectFields): string | undefined {
  const [application, kind, object] =
    metadata.record('annotations')[ANNOTATION_TRACKING_ID]?.split(':') ?? [];
  const self = `${metadata.string('namespace')}/${metadata.string('name')}`;
  return kind === `${GROUP}/Application` && object === self
    ? application || undefined
    : undefined;
}

function labelled(metadata: ObjectFields): string | undefined {
  const annotations = metadata.record('annotations');
  if (annotations[ANNOTATION_TRACKING_ID]) {
    return undefined; // Tracked by annotation: the label is somebody else's.
  }
  const labels = metadata.record('labels');
  const key = INSTANCE_LABELS.find(name => labels[name]);
  return key ? labels[key] : undefined;
}
