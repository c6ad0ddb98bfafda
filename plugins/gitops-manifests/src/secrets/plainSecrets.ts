import path from 'node:path';
import type { ManifestTree } from '../edit';
import {
  documentsOf,
  isKustomization,
  pathsIn,
  readKustomization,
  type Kustomization,
} from '../edit/kustomizationFiles';

type Fields = Record<string, unknown>;

/** What the Secret is beside its values, so that its successor is the same. */
export interface SecretTraits {
  type?: string;
  immutable?: boolean;
}

/** A place in which the Secret stands, or a part of it. */
export interface PlainSecret extends SecretTraits {
  /** `patch`: it only changes a Secret that stands elsewhere. */
  form: 'manifest' | 'patch' | 'generator';
  /** The file, or the kustomization of a generator or of a patch that stands in it. */
  path: string;
  keys: string[];
  /** The name in the cluster has a hash of the values behind it. */
  hashed?: boolean;
}

const asFields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};

const asList = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : [];

/** Whether a value is the Secret of a name. */
export function isSecretNamed(name: string) {
  return (value: unknown): boolean => {
    const { apiVersion, kind, metadata } = asFields(value);
    return (
      apiVersion === 'v1' &&
      kind === 'Secret' &&
      asFields(metadata).name === name
    );
  };
}

/** Whether a list, which `kubectl` reads as several objects, holds the Secret of a name. */
export function isListWithSecret(name: string) {
  const isSecret = isSecretNamed(name);
  return (value: unknown): boolean => {
    const { kind, items } = asFields(value);
    return /List$/.test(String(kind)) && asList(items).some(isSecret);
  };
}

/** Every place of a tree in which a Secret stands. The values themselves are left where they are. */
export function findPlainSecrets(
  tree: ManifestTree,
  name: string,
): PlainSecret[] {
  const files = [...tree.keys()].sort();
  const kustomizations = files.filter(isKustomization);
  const patches = new Set(
    kustomizations.flatMap(file => patchFilesOf(tree, file)),
  );
  const manifests = files
    .filter(file => /\.ya?ml$/.test(file) && !isKustomization(file))
    .flatMap(file =>
      documentsOf(tree.get(file)!)
        .filter(isSecretNamed(name))
        .map(secret => ({
          ...describe(secret),
          form: patches.has(file) ? ('patch' as const) : ('manifest' as const),
          path: file,
        })),
    );
  return [
    ...manifests,
    ...kustomizations.flatMap(file => [
      ...generatorsOf(tree, file, name),
      ...inlinePatchesOf(tree, file, name),
    ]),
  ];
}

function describe(secret: unknown): SecretTraits & { keys: string[] } {
  const { data, stringData, type, immutable } = asFields(secret);
  return {
    keys: [
      ...Object.keys(asFields(data)),
      ...Object.keys(asFields(stringData)),
    ],
    ...(typeof type === 'string' && type !== 'Opaque' ? { type } : {}),
    ...(immutable === true ? { immutable } : {}),
  };
}

/** A patch as a list of patches, or a list of the older form, has it. */
export function patchText(entry: unknown): string | undefined {
  if (typeof entry === 'string') {
    return entry;
  }
  const { patch } = asFields(entry);
  return typeof patch === 'string' ? patch : undefined;
}

/** Whether an entry of `patches` names a Secret as what it changes. */
export function targetsSecret(entry: unknown, name: string): boolean {
  const target = asFields(asFields(entry).target);
  return target.kind === 'Secret' && target.name === name;
}

function patchFilesOf(tree: ManifestTree, file: string): string[] {
  const kustomization = readKustomization(tree, file);
  const folder = path.posix.dirname(file);
  return [
    ...pathsIn(kustomization, 'patchesStrategicMerge'),
    ...asList(kustomization.patches)
      .map(entry => asFields(entry).path)
      .filter((entry): entry is string => typeof entry === 'string'),
  ].map(entry => path.posix.join(folder, entry));
}

function inlinePatchesOf(
  tree: ManifestTree,
  file: string,
  name: string,
): PlainSecret[] {
  const kustomization = readKustomization(tree, file);
  return ['patches', 'patchesStrategicMerge'].flatMap(field =>
    asList(kustomization[field])
      .filter(entry => patchesSecret(entry, name))
      .map(entry => ({
        ...describe(
          documentsOf(patchText(entry) ?? '').find(isSecretNamed(name)),
        ),
        form: 'patch' as const,
        path: file,
      })),
  );
}

/** Whether an entry of a list of patches changes a Secret. */
export function patchesSecret(entry: unknown, name: string): boolean {
  return (
    targetsSecret(entry, name) ||
    documentsOf(patchText(entry) ?? '').some(isSecretNamed(name))
  );
}

function generatorsOf(
  tree: ManifestTree,
  file: string,
  name: string,
): PlainSecret[] {
  const kustomization = readKustomization(tree, file);
  return asList(kustomization.secretGenerator)
    .map(asFields)
    .filter(entry => entry.name === name)
    .map(entry => ({
      form: 'generator' as const,
      path: file,
      keys: generatedKeys(tree, path.posix.dirname(file), entry),
      hashed: isHashed(kustomization, entry),
      ...(typeof entry.type === 'string' && entry.type !== 'Opaque'
        ? { type: entry.type }
        : {}),
    }));
}

function isHashed(kustomization: Kustomization, entry: Fields): boolean {
  const general = asFields(kustomization.generatorOptions);
  const own = asFields(entry.options);
  return (
    general.disableNameSuffixHash !== true && own.disableNameSuffixHash !== true
  );
}

/** Files that a generator reads, relative to the root. */
export function generatorFiles(folder: string, entry: Fields): string[] {
  const { env } = entry;
  return [
    ...pathsIn(entry, 'files').map(item => item.split('=').at(-1)!),
    ...pathsIn(entry, 'envs'),
    ...(typeof env === 'string' ? [env] : []),
  ].map(item => path.posix.join(folder, item));
}

function generatedKeys(
  tree: ManifestTree,
  folder: string,
  entry: Fields,
): string[] {
  const { env } = entry;
  const environmentFiles = [
    ...pathsIn(entry, 'envs'),
    ...(typeof env === 'string' ? [env] : []),
  ];
  return [
    ...pathsIn(entry, 'literals').map(item => item.split('=')[0]),
    ...pathsIn(entry, 'files').map(item =>
      item.includes('=') ? item.split('=')[0] : path.posix.basename(item),
    ),
    ...environmentFiles.flatMap(item =>
      (tree.get(path.posix.join(folder, item)) ?? '')
        .split('\n')
        .map(line => line.trim())
        .filter(line => line !== '' && !line.startsWith('#'))
        .map(line => line.split('=')[0]),
    ),
  ];
}
