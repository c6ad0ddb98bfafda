import { ResourceDefinition } from './resources';

/** How the items of a list are told apart when two versions of it are merged. */
export type ListType =
  | { type: 'map'; keys: string[]; defaults?: Record<string, unknown> }
  | { type: 'set' }
  | { type: 'atomic' };

const ATOMIC: ListType = { type: 'atomic' };

const METADATA: Record<string, ListType> = {
  'metadata.ownerReferences': { type: 'map', keys: ['uid'] },
  'metadata.finalizers': { type: 'set' },
};

/** Lists of the built-in kinds by the name of their field, wherever it stands. */
const BUILT_IN: Record<string, ListType> = {
  containers: { type: 'map', keys: ['name'] },
  initContainers: { type: 'map', keys: ['name'] },
  ephemeralContainers: { type: 'map', keys: ['name'] },
  env: { type: 'map', keys: ['name'] },
  volumes: { type: 'map', keys: ['name'] },
  volumeMounts: { type: 'map', keys: ['mountPath'] },
  volumeDevices: { type: 'map', keys: ['devicePath'] },
  imagePullSecrets: { type: 'map', keys: ['name'] },
  hostAliases: { type: 'map', keys: ['ip'] },
  topologySpreadConstraints: {
    type: 'map',
    keys: ['topologyKey', 'whenUnsatisfiable'],
  },
  conditions: { type: 'map', keys: ['type'] },
};

const CONTAINER_PORTS: ListType = {
  type: 'map',
  keys: ['containerPort', 'protocol'],
  defaults: { protocol: 'TCP' },
};

const SERVICE_PORTS: ListType = {
  type: 'map',
  keys: ['port', 'protocol'],
  defaults: { protocol: 'TCP' },
};

/**
 * The type of the list at a path of field names (items of lists are left out of the path).
 *
 * Custom kinds have atomic lists, as a CustomResourceDefinition without
 * `x-kubernetes-list-type` says; that extension is not read.
 */
export function listTypeAt(
  resource: Pick<ResourceDefinition, 'custom' | 'kind'>,
  path: readonly string[],
): ListType {
  const inMetadata = METADATA[path.join('.')];
  if (inMetadata || resource.custom) {
    return inMetadata ?? ATOMIC;
  }
  const field = path[path.length - 1];
  const parent = path[path.length - 2];
  if (field === 'ports') {
    if (parent === 'containers' || parent === 'initContainers') {
      return CONTAINER_PORTS;
    }
    return resource.kind === 'Service' ? SERVICE_PORTS : ATOMIC;
  }
  if (resource.kind === 'ServiceAccount' && field === 'secrets') {
    return { type: 'map', keys: ['name'] };
  }
  return BUILT_IN[field] ?? ATOMIC;
}

/**
 * The part of an item that tells it from the others of its list, as JSON in the order of
 * the keys; undefined when the item lacks a key.
 */
export function itemKey(
  item: unknown,
  listType: Extract<ListType, { type: 'map' }>,
): string | undefined {
  if (typeof item !== 'object' || item === null) {
    return undefined;
  }
  const key: Record<string, unknown> = {};
  for (const name of listType.keys) {
    const value =
      (item as Record<string, unknown>)[name] ?? listType.defaults?.[name];
    if (value === undefined) {
      return undefined;
    }
    key[name] = value;
  }
  return JSON.stringify(key);
}
