import { ConflictError } from '@backstage/errors';
import { parseAllDocuments } from 'yaml';
import type { ManifestChange, ManifestTree } from '../edit';
import { renderTenant, tenantFolder, type TenantOptions } from './renderTenant';
import { tenantNamespace, type TenantModel } from './TenantModel';

/**
 * Gives a team its place in a platform repository, unless something there is in its way.
 *
 * @param tree - files of the platform repository
 * @returns the changes, none when the team is there as the model describes it
 * @throws ConflictError when the team is there in another form, or when its project or one of its
 * namespaces is somebody else's.
 *
 * @public
 */
export function addTenant(
  tree: ManifestTree,
  model: TenantModel,
  options: TenantOptions = {},
): ManifestChange[] {
  const files = renderTenant(model, options);
  const folder = `${tenantFolder(model)}/`;
  const wanted = new Map(files.map(({ path, content }) => [path, content]));
  const present = [...tree.keys()].filter(path => path.startsWith(folder));
  if (present.length > 0) {
    const differs = [...new Set([...present, ...wanted.keys()])].filter(
      path => tree.get(path) !== wanted.get(path),
    );
    if (differs.length > 0) {
      throw new ConflictError(
        `There is a team "${model.name}" already, and it differs in ${differs
          .slice(0, 5)
          .join(
            ', ',
          )}. Nothing was changed; choose another name, or change these files by a pull request`,
      );
    }
    return [];
  }
  assertFree(tree, model);
  return files;
}

/** Fields of an object that say where it deploys to, or who it is. */
interface Claim {
  kind: string;
  metadata?: { name?: string };
  spec?: {
    destination?: { namespace?: unknown };
    destinations?: Array<{ namespace?: unknown }>;
    targetNamespace?: unknown;
  };
}

function assertFree(tree: ManifestTree, model: TenantModel): void {
  const namespaces = [
    ...model.environments.map(environment =>
      tenantNamespace(model, environment),
    ),
    ...(model.engine === 'flux' ? [model.name] : []),
  ];
  for (const [path, text] of tree) {
    for (const claim of readClaims(path, text)) {
      const taken = takenBy(claim, model, namespaces);
      if (taken) {
        throw new ConflictError(
          `${taken} is in ${path} already. Nothing was changed; choose another name for the team`,
        );
      }
    }
  }
}

function readClaims(path: string, text: string): Claim[] {
  if (!/\.ya?ml$/.test(path)) {
    return [];
  }
  const documents = parseAllDocuments(text);
  return Array.isArray(documents)
    ? documents
        .filter(({ errors }) => errors.length === 0)
        .map(document => document.toJS())
        .filter(object => typeof object?.kind === 'string')
    : [];
}

function takenBy(
  { kind, metadata, spec }: Claim,
  model: TenantModel,
  namespaces: string[],
): string | undefined {
  if (kind === 'AppProject' && metadata?.name === model.name) {
    return model.engine === 'argocd'
      ? `The AppProject "${model.name}"`
      : undefined;
  }
  const used = [
    kind === 'Namespace' ? metadata?.name : undefined,
    spec?.destination?.namespace,
    spec?.targetNamespace,
    ...(Array.isArray(spec?.destinations)
      ? spec.destinations.map(destination => destination?.namespace)
      : []),
  ];
  // A pattern such as "*" names nobody's namespace in particular.
  const clash = namespaces.find(namespace => used.includes(namespace));
  return clash && `The namespace "${clash}"`;
}
