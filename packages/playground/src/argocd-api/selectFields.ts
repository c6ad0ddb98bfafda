/**
 * What `fields` may name in a list of applications; all else is left out of the answer without a
 * word, the history and the conditions among it.
 */
const SELECTABLE = [
  'metadata.name',
  'metadata.namespace',
  'metadata.annotations',
  'metadata.labels',
  'metadata.creationTimestamp',
  'metadata.deletionTimestamp',
  'spec',
  'spec.destination',
  'spec.project',
  'spec.source',
  'spec.sources',
  'spec.sourceHydrator',
  'spec.syncPolicy',
  'status.sourceHydrator',
  'status.summary',
  'status.sync.status',
  'status.sync.revision',
  'status.health',
  'status.operationState.startedAt',
  'status.operationState.finishedAt',
  'status.operationState.phase',
  'status.resources',
  'operation.sync',
];

function valueAt(object: any, path: string[]): unknown {
  return path.reduce((value, key) => value?.[key], object);
}

/**
 * An application of a list with only the fields that a query names.
 *
 * @param fields - comma-separated, each with the prefix `items.`; a minus before the first
 * excludes them
 */
export function selectFields(application: object, fields: string): object {
  const excludes = fields.startsWith('-');
  const named = new Set(fields.replace(/^-/, '').split(','));
  const selected: any = {};
  for (const field of SELECTABLE) {
    const path = field.split('.');
    const value = valueAt(application, path);
    if (named.has(`items.${field}`) === excludes || value === undefined) {
      continue;
    }
    const parent = path
      .slice(0, -1)
      .reduce((target, key) => (target[key] ??= {}), selected);
    parent[path[path.length - 1]] = value;
  }
  return selected;
}
