import { InputError } from '@backstage/errors';
import path from 'node:path';
import { changedTree, type ManifestChange, type ManifestTree } from '../edit';
import {
  findRegistered,
  listingOf,
  objectsOf,
  type Registered,
} from './findRegistered';
import { differences, goesWith, isOwn, isUsedBy } from './ownership';
import {
  isMeant,
  parseRemoval,
  prepareRemoval,
  type RemovalInput,
} from './prepareRemoval';
import { splitDocuments } from './splitDocuments';

/** An object of the registration. @public */
export interface RemovedObject {
  kind: string;
  name: string;
  path: string;
}

/** @public */
export interface Removal {
  changes: ManifestChange[];
  /** What the changes remove. */
  removed: RemovedObject[];
  /** What the registrations use and others may use, too: it stays. */
  kept: RemovedObject[];
}

/**
 * Removes the registrations of a service, with the project and the source that nothing else uses.
 * Files, documents, and lines of kustomizations that name a file go; others stay to the letter.
 *
 * @returns no changes when nothing of it is left in the tree.
 * @throws InputError for input that breaks a rule, and when a removal would leave something
 * running: {@link prepareRemoval} says what is missing.
 *
 * @public
 */
export function removeRegistration(
  tree: ManifestTree,
  input: RemovalInput,
): Removal {
  const { registrations, service } = parseRemoval(input);
  const all = [...objectsOf(tree)];
  const found = registrations
    .filter(ref => all.some(one => isMeant(one, ref)))
    .map(ref => findRegistered(tree, ref));
  if (found.length === 0) {
    return { changes: [], removed: [], kept: [] };
  }
  const { reasons } = prepareRemoval(tree, {
    service,
    registrations: found.map(toRef),
  });
  if (reasons.length > 0) {
    throw new InputError(
      `Removing the registration now would not delete what runs. ${reasons.join(
        '. ',
      )}. Prepare the removal first, and let the engine apply that`,
    );
  }
  const used = all.filter(one =>
    found.some(registration => isUsedBy(one, registration)),
  );
  const isGoing = (one: Registered) =>
    isOwn(one, service) && goesWith(all, one, found);
  const going = [...found, ...used.filter(isGoing)];
  const changes = withoutObjects(tree, going);
  return {
    changes,
    removed: going.map(toRemoved),
    kept: used.filter(one => !isGoing(one)).map(toRemoved),
  };
}

function toRef({ object }: Registered) {
  return {
    kind: object.kind as 'Application',
    ...(object.metadata.namespace && { namespace: object.metadata.namespace }),
    name: object.metadata.name,
  };
}

function toRemoved({ object, path: file }: Registered): RemovedObject {
  return {
    kind: object.kind,
    name: object.metadata.name,
    path: file,
  };
}

function withoutObjects(
  tree: ManifestTree,
  going: ReadonlyArray<Registered>,
): ManifestChange[] {
  let current = tree;
  const files = new Set(going.map(one => one.path));
  for (const file of files) {
    const gone = going
      .filter(one => one.path === file)
      .map(({ index }) => index);
    const rest = splitDocuments(tree.get(file)!).filter(
      (_, index) => !gone.includes(index),
    );
    const isEmpty = rest.every(piece => !/^[^#\s-]/m.test(piece));
    const content = isEmpty
      ? undefined
      : rest.join('').replace(/^---[^\n]*\n/, '');
    current = changedTree(current, [{ path: file, content }]);
    if (content === undefined) {
      current = unlisted(current, file);
    }
  }
  return differences(tree, current);
}

/** Takes a file out of the kustomization of its folder, and a folder that is empty then out of its own. */
function unlisted(tree: ManifestTree, file: string): ManifestTree {
  const folder = path.posix.dirname(file);
  const listing = listingOf(tree, folder);
  const resources = listing?.yaml.get(['resources']);
  if (!listing || !Array.isArray(resources)) {
    return tree;
  }
  const index = resources.findIndex(
    name => path.posix.join(folder, String(name)) === file,
  );
  if (index < 0) {
    return tree;
  }
  if (resources.length > 1 || folder === '.') {
    listing.yaml.delete(['resources', index]);
    return changedTree(tree, [
      { path: listing.path, content: listing.yaml.toString() },
    ]);
  }
  return unlisted(
    changedTree(tree, [{ path: listing.path, content: undefined }]),
    folder,
  );
}
