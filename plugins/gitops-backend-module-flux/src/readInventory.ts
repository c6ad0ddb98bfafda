import type { ApplicationResource } from '@fairway/plugin-gitops-common';
import type { ObjectFields } from '@fairway/plugin-gitops-node';

/**
 * The objects of the inventory. An id is `<namespace>_<name>_<group>_<kind>`, where a colon in a
 * name is written as two underscores.
 */
export function readInventory(status: ObjectFields): ApplicationResource[] {
  return status
    .object('inventory')
    .list('entries')
    .flatMap(entry => {
      const parts = (entry.string('id') ?? '').split('_');
      if (parts.length < 4) {
        return [];
      }
      const [namespace, ...rest] = parts;
      const kind = rest.pop()!;
      const group = rest.pop()!;
      const name = rest.join('_').replaceAll('__', ':');
      return kind && name
        ? [
            {
              group,
              version: entry.string('v') ?? '',
              kind,
              namespace: namespace || undefined,
              name,
            },
          ]
        : [];
    });
}
