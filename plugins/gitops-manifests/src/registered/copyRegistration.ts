import { InputError } from '@backstage/errors';
import { LABEL_ENVIRONMENT, matchesGlob } from '@fairway/plugin-gitops-common';
import path from 'node:path';
import { z } from 'zod';
import { YamlText, type ManifestChange, type ManifestTree } from '../edit';
import { textChange } from '../edit/textChange';
import { dnsLabel, repositoryFolder } from '../model/rules';
import { parseInput } from '../model/parseInput';
import { setSyncPolicy } from '../syncPolicy/setSyncPolicy';
import {
  findRegistered,
  isOfKind,
  listingOf,
  objectsOf,
  openRegistered,
  registrationRef,
  type Registered,
} from './findRegistered';
import { splitDocuments } from './splitDocuments';

const copySchema = z.strictObject({
  registration: registrationRef,
  from: dnsLabel(20),
  environment: dnsLabel(20),
  path: repositoryFolder,
  namespace: dnsLabel(),
});

/** Which registration is copied, and for what. @public */
export type RegistrationCopyInput = z.input<typeof copySchema>;

/** @public */
export interface RegistrationCopy {
  /** File of the new registration. */
  path: string;
  /** Name of the new object. */
  name: string;
  changes: ManifestChange[];
}

/**
 * Registers another environment after the example of one that is registered, with manual sync: the
 * first sync is somebody's decision. An AppProject in the same tree lets it deploy to its namespace.
 *
 * @param input - `path`: folder of the new overlay; `namespace`: where it deploys to
 * @returns no changes when it is registered already, just like this.
 * @throws InputError for input that breaks a rule, a registration that is not in the tree, a name
 * that does not tell the environment, and a file that is taken.
 *
 * @public
 */
export function copyRegistration(
  tree: ManifestTree,
  input: RegistrationCopyInput,
): RegistrationCopy {
  const parsed = parseInput(
    copySchema,
    input,
    'The environment cannot be registered',
  );
  const { registration, from, environment } = parsed;
  if (registration.kind === 'HelmRelease') {
    throw new InputError(
      'A HelmRelease is no overlay; copy its file, and change the values by hand',
    );
  }
  const found = findRegistered(tree, registration);
  const name = renamed(registration.name, from, environment);
  const file = path.posix.join(
    path.posix.dirname(found.path),
    fileName(found, from, { environment, name }),
  );
  const text = splitDocuments(tree.get(found.path)!)[found.index].replace(
    /^---[^\n]*\n/,
    '',
  );
  const yaml = YamlText.parse(text, { name: file });
  yaml.set(['metadata', 'name'], name);
  yaml.set(['metadata', 'labels', LABEL_ENVIRONMENT], environment);
  if (registration.kind === 'Application') {
    setSource(yaml, parsed.path);
    yaml.set(['spec', 'destination', 'namespace'], parsed.namespace);
  } else {
    yaml.set(['spec', 'path'], `./${parsed.path}`);
    if (yaml.get(['spec', 'targetNamespace']) !== undefined) {
      yaml.set(['spec', 'targetNamespace'], parsed.namespace);
    }
  }
  const copy = new Map([[file, yaml.toString()]]);
  const manual = setSyncPolicy(copy, {
    registration: { kind: registration.kind, name },
    policy: 'manual',
  });
  const content = manual.changes[0]?.content ?? yaml.toString();
  if (tree.has(file) && tree.get(file) !== content) {
    throw new InputError(
      `There is a file "${file}" already, and it says something else; change it by a pull request of its own, or remove it first`,
    );
  }
  return {
    ...{ path: file, name },
    changes: [
      ...textChange(tree, file, content),
      ...listed(tree, file),
      ...allowed(tree, found, parsed.namespace),
    ],
  };
}

/** The name of one environment's object as that of another. */
function renamed(name: string, from: string, to: string): string {
  const result = name.replace(
    new RegExp(`(^|[-.])${from}(?=[-.]|$)`),
    `$1${to}`,
  );
  if (result === name) {
    throw new InputError(
      `The name "${name}" does not name its environment "${from}", so the one of "${to}" cannot be told from it; register the environment by hand`,
    );
  }
  return result;
}

function fileName(
  found: Registered,
  from: string,
  to: { environment: string; name: string },
): string {
  const own = path.posix.basename(found.path);
  const other = own.replace(
    new RegExp(`(^|[-.])${from}(?=[-.])`),
    `$1${to.environment}`,
  );
  return other === own || found.documents > 1 ? `${to.name}.yaml` : other;
}

function setSource(yaml: YamlText, folder: string): void {
  const sources = yaml.get(['spec', 'sources']);
  if (!Array.isArray(sources)) {
    yaml.set(['spec', 'source', 'path'], folder);
    return;
  }
  const withPath = sources.flatMap((source, index) =>
    typeof source?.path === 'string' ? [index] : [],
  );
  if (withPath.length !== 1) {
    throw new InputError(
      'The application has several sources with a path; register the environment by hand',
    );
  }
  yaml.set(['spec', 'sources', withPath[0], 'path'], folder);
}

/** A folder whose kustomization lists its files gets the new one listed, too. */
function listed(tree: ManifestTree, file: string): ManifestChange[] {
  const listing = listingOf(tree, path.posix.dirname(file));
  const resources = listing?.yaml.get(['resources']);
  const name = path.posix.basename(file);
  if (!listing || !Array.isArray(resources) || resources.includes(name)) {
    return [];
  }
  listing.yaml.set(['resources', resources.length], name);
  return textChange(tree, listing.path, listing.yaml.toString());
}

function allowed(
  tree: ManifestTree,
  { object }: Registered,
  namespace: string,
): ManifestChange[] {
  const { project, destination = {} } = object.spec ?? {};
  for (const one of project ? objectsOf(tree) : []) {
    const isProject =
      isOfKind(one.object, 'AppProject') &&
      one.object.metadata.name === project;
    const destinations = one.object.spec?.destinations;
    if (isProject && Array.isArray(destinations)) {
      const isAllowed = destinations.some(
        entry =>
          matchesGlob(entry.namespace ?? '', namespace) &&
          (matchesGlob(entry.server ?? '', destination.server ?? '-') ||
            matchesGlob(entry.name ?? '', destination.name ?? '-')),
      );
      if (isAllowed) {
        return [];
      }
      const { namespace: _, ...cluster } = destination;
      const yaml = openRegistered(tree, one);
      yaml.set(['spec', 'destinations', destinations.length], {
        ...cluster,
        namespace,
      });
      return textChange(tree, one.path, yaml.toString());
    }
  }
  return [];
}
