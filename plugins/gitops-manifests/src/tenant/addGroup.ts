import { ConflictError } from '@backstage/errors';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments, stringify } from 'yaml';
import type { ManifestChange, ManifestTree } from '../edit';
import type { TenantModel } from './TenantModel';

/** The team as the catalog knows it. @public */
export function tenantGroup(model: TenantModel) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: {
      name: model.name,
      ...(model.title && { title: model.title }),
      ...(model.description && { description: model.description }),
    },
    spec: {
      type: 'team',
      ...(model.title && { profile: { displayName: model.title } }),
      ...(model.parent && { parent: model.parent }),
      children: [],
      ...(model.members.length > 0 && { members: model.members }),
    },
  };
}

/**
 * Adds the team's group to a file of the catalog, as a document behind those that are there.
 *
 * @param tree - files of the repository that the catalog reads
 * @param file - the file; it is made when it is not there
 * @returns the changes, none when the same group is there
 * @throws ConflictError when another group has the name.
 *
 * @public
 */
export function addGroup(
  tree: ManifestTree,
  model: TenantModel,
  file: string,
): ManifestChange[] {
  const group = tenantGroup(model);
  const text = tree.get(file) ?? '';
  const found = readEntities(text).find(
    entity =>
      entity?.kind === 'Group' &&
      String(entity.metadata?.name).toLowerCase() === model.name,
  );
  if (found) {
    if (isDeepStrictEqual(found, group)) {
      return [];
    }
    throw new ConflictError(
      `There is a group "${model.name}" in ${file} already, and it is another one. Nothing was changed; choose another name, or change the file by a pull request`,
    );
  }
  const document = stringify(group, { version: '1.1', lineWidth: 0 });
  const before = text.trim() === '' ? '' : `${text.replace(/\n*$/, '\n')}---\n`;
  return [{ path: file, content: before + document }];
}

interface Entity {
  kind?: unknown;
  metadata?: { name?: unknown };
}

function readEntities(text: string): Array<Entity | null> {
  const documents = parseAllDocuments(text);
  return Array.isArray(documents)
    ? documents
        .filter(({ errors }) => errors.length === 0)
        .map(document => document.toJS())
    : [];
}
