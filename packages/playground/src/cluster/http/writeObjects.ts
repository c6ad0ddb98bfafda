import { KubernetesObject } from '../../types';
import { isJsonObject } from '../json';
import { ObjectAddress } from '../objectRules';
import { DeleteOptions, WriteOptions } from '../ObjectService';
import { jsonPatch, mergePatch, strategicMergePatch } from '../patches';
import { apiVersionOf } from '../resources';
import {
  badRequest,
  invalid,
  methodNotAllowed,
  unsupportedMediaType,
} from '../StatusError';
import { ApiRequest, isTrue, sendJson } from './ApiRequest';
import { selectorOf } from './listObjects';
import { mediaTypeOf, readBody } from './readBody';

const APPLY_TYPES = [
  'application/apply-patch+yaml',
  'application/apply-patch+json',
];
const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';
const POLICIES = ['Background', 'Foreground', 'Orphan'] as const;

const PATCH_OPTIONS = {
  group: 'meta.k8s.io',
  plural: 'patchoptions',
  kind: 'PatchOptions',
};

/** POST. */
export async function createObject(request: ApiRequest): Promise<void> {
  const { context, target, response } = request;
  const { resource, namespace } = target;
  if (resource.namespaced && !namespace) {
    throw methodNotAllowed();
  }
  const body = await readObject(request);
  const stored = context.objects.create(
    { resource, namespace },
    body,
    writeOptions(request),
  );
  sendJson(response, 201, stored.json);
}

/** PUT. */
export async function replaceObject(request: ApiRequest): Promise<void> {
  const body = await readObject(request);
  const stored = request.context.objects.update(
    addressOf(request),
    body,
    writeOptions(request),
  );
  sendJson(request.response, 200, stored.json);
}

/** PATCH, by the media type of the body. */
export async function patchObject(request: ApiRequest): Promise<void> {
  const { context, target, query } = request;
  const type = mediaTypeOf(request.request);
  const options = writeOptions(request);
  if (APPLY_TYPES.includes(type)) {
    await applyObject(request, options);
    return;
  }
  if (query.has('force')) {
    throw invalidPatchOption(
      'force',
      'Forbidden: may not be specified for non-apply patch',
    );
  }
  checkPatchType(type, target.resource.custom);
  const patch = await readBody(request.request);
  const change = (current: KubernetesObject): unknown => {
    if (type === JSON_PATCH) {
      return jsonPatch(current, patch);
    }
    return type === MERGE_PATCH
      ? mergePatch(current, requireMap(patch))
      : strategicMergePatch(target.resource, current, requireMap(patch));
  };
  const stored = context.objects.patch(addressOf(request), change, options);
  sendJson(request.response, 200, stored.json);
}

/** Custom kinds know no strategic merge, as on the real server. */
function checkPatchType(type: string, isCustom: boolean): void {
  const accepted = [
    JSON_PATCH,
    MERGE_PATCH,
    ...(isCustom ? [] : [STRATEGIC_MERGE_PATCH]),
  ];
  if (!accepted.includes(type)) {
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${[
        ...accepted,
        APPLY_TYPES[0],
      ].join(', ')}`,
    );
  }
}

async function applyObject(
  request: ApiRequest,
  options: WriteOptions,
): Promise<void> {
  if (!request.query.get('fieldManager')) {
    throw invalidPatchOption(
      'fieldManager',
      'Required value: is required for apply patch',
    );
  }
  const { context, query, response } = request;
  // YAML covers JSON, and clients send either under this type.
  const body = await readObject(request);
  const { stored, created } = context.objects.apply(addressOf(request), body, {
    ...options,
    force: isTrue(query.get('force')),
  });
  sendJson(response, created ? 201 : 200, stored.json);
}

/** DELETE of one object. */
export async function deleteObject(request: ApiRequest): Promise<void> {
  const { context, response } = request;
  const address = addressOf(request);
  const options = await deleteOptions(request);
  const before = context.objects.get(address);
  const staying = context.objects.delete(address, options);
  if (staying) {
    sendJson(response, 200, staying.json);
    return;
  }
  const { group, plural } = address.resource;
  sendJson(response, 200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: address.name,
      ...(group && { group }),
      kind: plural,
      uid: before.object.metadata.uid,
    },
  });
}

/** DELETE of all objects that the selectors and the namespace select. */
export async function deleteObjects(request: ApiRequest): Promise<void> {
  const { context, target, query, response } = request;
  const { resource, namespace } = target;
  if (resource.namespaced && !namespace) {
    throw methodNotAllowed();
  }
  const options = await deleteOptions(request);
  const selector = selectorOf(query, resource);
  const { store } = context.objects;
  const selected = store
    .list(resource)
    .filter(
      ({ object }) =>
        (!namespace || object.metadata.namespace === namespace) &&
        selector(object),
    );
  for (const { object } of selected) {
    const { name } = object.metadata;
    context.objects.delete(
      { resource, namespace: object.metadata.namespace, name },
      options,
    );
  }
  sendJson(response, 200, {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: String(store.version) },
    items: selected.map(stored => stored.object),
  });
}

function addressOf({ target }: ApiRequest): ObjectAddress {
  const { resource, namespace, name } = target;
  return { resource, namespace, name: name! };
}

async function readObject(request: ApiRequest): Promise<KubernetesObject> {
  const body = await readBody(request.request);
  if (!isJsonObject(body)) {
    throw badRequest('the body of the request must be an object');
  }
  if (!isJsonObject(body.metadata)) {
    body.metadata = {};
  }
  const { resource } = request.target;
  if (!resource.custom) {
    // Of a built-in kind the path says enough.
    body.apiVersion ??= apiVersionOf(resource);
    body.kind ??= resource.kind;
  }
  return body as unknown as KubernetesObject;
}

function requireMap(patch: unknown): object {
  if (!isJsonObject(patch)) {
    throw badRequest('a merge patch must be an object');
  }
  return patch;
}

function writeOptions({ query, request, target }: ApiRequest): WriteOptions {
  const agent = (request.headers['user-agent'] ?? 'unknown').split('/')[0];
  return {
    fieldManager: query.get('fieldManager') || agent,
    dryRun: isDryRun(query.getAll('dryRun')),
    ...(target.subresource === 'status' && { subresource: 'status' as const }),
  };
}

function isDryRun(values: string[]): boolean {
  if (values.some(value => value !== 'All')) {
    throw badRequest(`dryRun: Unsupported value: supported values: "All"`);
  }
  return values.length > 0;
}

async function deleteOptions(request: ApiRequest): Promise<DeleteOptions> {
  const { query } = request;
  const body = await readBody(request.request);
  const fields = isJsonObject(body) ? (body as DeleteOptionsBody) : {};
  const policy = query.get('propagationPolicy') ?? fields.propagationPolicy;
  const propagationPolicy = POLICIES.find(known => known === policy);
  if (policy && !propagationPolicy) {
    throw badRequest(
      `propagationPolicy: Unsupported value: "${policy}": supported values: ${POLICIES.join(
        ', ',
      )}`,
    );
  }
  return {
    propagationPolicy,
    preconditions: fields.preconditions,
    dryRun: isDryRun([...query.getAll('dryRun'), ...(fields.dryRun ?? [])]),
  };
}

interface DeleteOptionsBody {
  propagationPolicy?: string;
  preconditions?: DeleteOptions['preconditions'];
  dryRun?: string[];
}

function invalidPatchOption(field: string, message: string) {
  return invalid(PATCH_OPTIONS, '', [
    { reason: 'FieldValueInvalid', message, field },
  ]);
}
