import { isDeepStrictEqual } from 'node:util';
import { KubernetesObject } from '../types';
import { copyJson, isJsonObject } from './json';
import { managedFieldsOf } from './managedFields';
import { apiVersionOf, ResourceDefinition } from './resources';
import { badRequest, conflict, invalid } from './StatusError';
import { StoredObject } from './StoredObject';

/** Names one object by its resource. */
export interface ObjectAddress {
  resource: ResourceDefinition;
  namespace?: string;
  name: string;
}

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

export function isNamespace(resource: ResourceDefinition): boolean {
  return resource.kind === 'Namespace' && resource.group === '';
}

/** Finalizers, of the object or of a namespace's content, keep it from being removed. */
export function isHeld(object: KubernetesObject): boolean {
  const ofNamespace =
    object.kind === 'Namespace' && object.apiVersion === 'v1'
      ? object.spec?.finalizers
      : undefined;
  return Boolean(object.metadata.finalizers?.length || ofNamespace?.length);
}

export function checkIdentity(
  address: ObjectAddress,
  body: KubernetesObject,
): void {
  const { resource, namespace, name } = address;
  if (!isJsonObject(body) || !isJsonObject(body.metadata)) {
    throw badRequest('the body must be an object with metadata');
  }
  if (
    body.kind !== resource.kind ||
    body.apiVersion !== apiVersionOf(resource)
  ) {
    throw badRequest(
      `${body.kind ?? 'no kind'} in version "${
        body.apiVersion ?? ''
      }" cannot be handled as a ${resource.kind} in version "${apiVersionOf(
        resource,
      )}"`,
    );
  }
  if (body.metadata.name !== undefined && body.metadata.name !== name) {
    throw badRequest(
      `the name of the object (${body.metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  if (
    resource.namespaced &&
    body.metadata.namespace !== undefined &&
    body.metadata.namespace !== namespace
  ) {
    throw badRequest(
      `the namespace of the provided object (${body.metadata.namespace}) does not match the namespace sent on the request (${namespace})`,
    );
  }
}

export function checkVersion(
  previous: StoredObject,
  wanted: string | undefined,
): void {
  if (wanted && wanted !== previous.object.metadata.resourceVersion) {
    throw conflict(
      previous.resource,
      previous.object.metadata.name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
}

export function checkUid(
  resource: ResourceDefinition,
  before: KubernetesObject,
  wanted: KubernetesObject,
): void {
  const { uid, name } = before.metadata;
  if (wanted.metadata.uid && wanted.metadata.uid !== uid) {
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${wanted.metadata.uid}, UID in object meta: ${uid}`,
    );
  }
}

export function checkFinalizers(
  resource: ResourceDefinition,
  before: KubernetesObject,
  next: KubernetesObject,
): void {
  const known = before.metadata.finalizers ?? [];
  const added = (next.metadata.finalizers ?? []).filter(
    finalizer => !known.includes(finalizer),
  );
  if (before.metadata.deletionTimestamp && added.length > 0) {
    throw invalid(resource, before.metadata.name, [
      {
        reason: 'FieldValueForbidden',
        message: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(
          added,
        )}`,
        field: 'metadata.finalizers',
      },
    ]);
  }
}

/** What a request cannot change: the server's part of the metadata stays. */
export function withServerMetadata(
  before: KubernetesObject,
  wanted: KubernetesObject,
): KubernetesObject {
  const server = before.metadata as Record<string, unknown>;
  const metadata: Record<string, unknown> = { ...wanted.metadata };
  for (const field of [
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'deletionTimestamp',
  ]) {
    if (server[field] === undefined) {
      delete metadata[field];
    } else {
      metadata[field] = server[field];
    }
  }
  return copyJson({
    ...wanted,
    apiVersion: before.apiVersion,
    kind: before.kind,
    metadata: metadata as KubernetesObject['metadata'],
  });
}

/** The part of an object whose changes `metadata.generation` counts. */
export function counted(
  resource: ResourceDefinition,
  object: KubernetesObject,
): Record<string, unknown> {
  const { metadata: _, status, ...rest } = object;
  return resource.status ? rest : { ...rest, ...(status && { status }) };
}

/** What an apply through an endpoint may name. */
export function partOf(
  resource: ResourceDefinition,
  configuration: KubernetesObject,
  subresource: 'status' | undefined,
): KubernetesObject {
  const { apiVersion, kind, metadata, status, ...rest } = configuration;
  if (subresource) {
    const { name, namespace } = metadata;
    return {
      apiVersion,
      kind,
      metadata: { name, namespace },
      ...(status !== undefined && { status }),
    };
  }
  return {
    apiVersion,
    kind,
    metadata,
    ...rest,
    ...(status !== undefined && !resource.status && { status }),
  };
}

/** Times of managed fields alone are no change. */
export function isUnchanged(before: KubernetesObject, next: KubernetesObject) {
  const comparable = (object: KubernetesObject) => ({
    ...object,
    metadata: {
      ...object.metadata,
      managedFields: managedFieldsOf(object).map(
        ({ time: _, ...rest }) => rest,
      ),
    },
  });
  return isDeepStrictEqual(comparable(before), comparable(next));
}
