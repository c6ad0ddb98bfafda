import { InputError } from '@backstage/errors';
import { z } from 'zod';
import { YamlText, type ManifestTree } from '../edit';
import { documentsOf, kustomizationOf } from '../edit/kustomizationFiles';

/** The kinds that register an environment of a service with an engine. @public */
export const REGISTRATION_KINDS = [
  'Application',
  'Kustomization',
  'HelmRelease',
] as const;

/** One of {@link REGISTRATION_KINDS}. @public */
export type RegistrationKind = (typeof REGISTRATION_KINDS)[number];

const GROUPS: Record<string, string> = {
  Application: 'argoproj.io/',
  ApplicationSet: 'argoproj.io/',
  AppProject: 'argoproj.io/',
  Kustomization: 'kustomize.toolkit.fluxcd.io/',
  HelmRelease: 'helm.toolkit.fluxcd.io/',
};

/** Rule of Kubernetes for the names of most objects. */
const objectName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    'the name of an object: lower-case letters, digits, dashes and dots',
  );

export const registrationRef = z.strictObject({
  kind: z.enum(REGISTRATION_KINDS),
  namespace: objectName.optional(),
  name: objectName,
});

/** Names the object that registers an environment. @public */
export type RegistrationRef = z.output<typeof registrationRef>;

/** Where Argo CD deploys to, or may. */
export interface Destination {
  server?: string;
  name?: string;
  namespace?: string;
}

interface SourceRef {
  kind?: string;
  namespace?: string;
  name?: string;
}

/** What golden paths read of an engine's objects, whatever their kind. */
interface RegisteredSpec {
  project?: string;
  template?: { spec?: { project?: string } };
  destination?: Destination;
  destinations?: Destination[];
  syncPolicy?: {
    automated?: {
      enabled?: boolean;
      prune?: boolean;
      selfHeal?: boolean;
    } | null;
  } | null;
  suspend?: boolean;
  prune?: boolean;
  deletionPolicy?: string;
  driftDetection?: { mode?: string };
  sourceRef?: SourceRef;
  chartRef?: SourceRef;
  chart?: { spec?: { sourceRef?: SourceRef } };
}

/** An object of an engine, as far as golden paths look at it. */
export interface RegisteredObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    finalizers?: string[];
  };
  spec?: RegisteredSpec;
}

/** Where an object stands. */
export interface Registered {
  path: string;
  /** Which document of its file. */
  index: number;
  /** How many documents the file has. */
  documents: number;
  object: RegisteredObject;
}

/** The objects of a tree; files that are no YAML have none. */
export function* objectsOf(tree: ManifestTree): Generator<Registered> {
  for (const [path, text] of tree) {
    if (/\.ya?ml$/.test(path) && text.includes('apiVersion')) {
      const values = documentsOf(text);
      for (const [index, value] of values.entries()) {
        const object = value as RegisteredObject | null;
        if (typeof object?.metadata?.name === 'string') {
          yield { path, index, documents: values.length, object };
        }
      }
    }
  }
}

export function isOfKind(object: RegisteredObject, kind: string): boolean {
  return (
    object.kind === kind &&
    String(object.apiVersion).startsWith(GROUPS[kind] ?? '')
  );
}

/**
 * Where an environment is registered.
 *
 * @throws InputError when that is nowhere in the tree, or in several places.
 */
export function findRegistered(
  tree: ManifestTree,
  ref: RegistrationRef,
): Registered {
  const found: Registered[] = [];
  const generators: string[] = [];
  for (const one of objectsOf(tree)) {
    const { name, namespace } = one.object.metadata;
    const isThere =
      namespace === undefined ||
      ref.namespace === undefined ||
      namespace === ref.namespace;
    if (isOfKind(one.object, ref.kind) && name === ref.name && isThere) {
      found.push(one);
    } else if (isOfKind(one.object, 'ApplicationSet')) {
      generators.push(`${name} (${one.path})`);
    }
  }
  if (found.length === 1) {
    return found[0];
  }
  if (found.length > 1) {
    throw new InputError(
      `${ref.kind} "${ref.name}" is in several files: ${found
        .map(({ path }) => path)
        .join(', ')}. Remove the ones that are not deployed`,
    );
  }
  const hint =
    generators.length > 0
      ? `. If an ApplicationSet makes it, change that instead: ${generators.join(
          ', ',
        )}`
      : '';
  throw new InputError(
    `There is no ${ref.kind} "${ref.name}" among the files of the registration${hint}`,
  );
}

/** The document of a registration, to be edited. */
export function openRegistered(
  tree: ManifestTree,
  { path, index }: Pick<Registered, 'path' | 'index'>,
): YamlText {
  let at = -1;
  return YamlText.parse(tree.get(path)!, {
    name: path,
    where: () => {
      at += 1;
      return at === index;
    },
  });
}

/** The kustomization that lists the files of a folder, if there is one. */
export function listingOf(
  tree: ManifestTree,
  folder: string,
): { path: string; yaml: YamlText } | undefined {
  const path = kustomizationOf(tree, folder);
  return path
    ? { path, yaml: YamlText.parse(tree.get(path)!, { name: path }) }
    : undefined;
}
