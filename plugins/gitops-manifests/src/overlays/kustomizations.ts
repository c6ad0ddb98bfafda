import { InputError } from '@backstage/errors';
import path from 'node:path';
import { z } from 'zod';
import { YamlText, type ManifestTree } from '../edit';
import { documentsOf, kustomizationOf } from '../edit/kustomizationFiles';
import { dnsLabel, repositoryFolder } from '../model/rules';

/** An environment, and the folder of the repository that is deployed there. */
export const overlayRef = z.strictObject({
  environment: dnsLabel(20),
  folder: repositoryFolder,
});

/** The part of a kustomization that golden paths change. */
export interface KustomizationValue {
  namespace?: string;
  resources?: string[];
  bases?: string[];
  components?: string[];
  images?: ImageEntry[];
  replicas?: Array<{ name: string; count: number }>;
  patches?: PatchEntry[];
  [key: string]: unknown;
}

/** An entry of `images:`. */
export interface ImageEntry {
  name: string;
  newName?: string;
  newTag?: string;
  digest?: string;
}

/** An entry of `patches:`. */
export interface PatchEntry {
  path?: string;
  patch?: string;
  target?: Record<string, string>;
}

/** A kustomization that is edited, and where it is. */
export interface OpenKustomization {
  path: string;
  yaml: YamlText;
}

/** @throws InputError when the folder has no kustomization, or one that is no map. */
export function openKustomization(
  tree: ManifestTree,
  folder: string,
): OpenKustomization {
  const file = kustomizationOf(tree, folder);
  if (!file) {
    throw new InputError(
      `There is no kustomization.yaml in "${folder}"; name the folder of an overlay, as seen from the root of what was fetched`,
    );
  }
  const yaml = YamlText.parse(tree.get(file)!, { name: file });
  const { value } = yaml;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${file} is no kustomization: it is no map`);
  }
  return { path: file, yaml };
}

/** What a kustomization says. */
export const valueOf = ({ yaml }: OpenKustomization) =>
  yaml.value as KustomizationValue;

/** A list of a kustomization; empty when there is none, or something else stands there. */
export function listOf<T>(value: unknown): T[] {
  return Array.isArray(value) ? value : [];
}

/** The files below a folder by their path in it. */
export function filesBelow(tree: ManifestTree, folder: string): ManifestTree {
  const prefix = folder === '.' ? '' : `${folder}/`;
  const files = new Map<string, string>();
  for (const [file, text] of tree) {
    if (file.startsWith(prefix)) {
      files.set(file.slice(prefix.length), text);
    }
  }
  return files;
}

/** What a folder is built from inside of the tree: other folders, and the files that it names. */
export interface LocalInputs {
  /** Folders of kustomizations, the one that was asked for first. */
  folders: string[];
  files: string[];
  /** Whether there is more outside of the tree, which cannot be looked at: a URL, a chart. */
  hasMore: boolean;
}

/** Follows `resources`, `bases` and `components`. */
export function localInputs(tree: ManifestTree, folder: string): LocalInputs {
  const inputs: LocalInputs = { folders: [], files: [], hasMore: false };
  const visit = (current: string) => {
    if (inputs.folders.includes(current)) {
      return;
    }
    inputs.folders.push(current);
    const file = kustomizationOf(tree, current);
    const value = file ? readMap(tree.get(file)!) : undefined;
    if (!file || !value) {
      inputs.hasMore = true;
      return;
    }
    const { resources, bases, components, ...others } = value;
    inputs.hasMore ||= [
      'helmCharts',
      'generators',
      'helmChartInflationGenerator',
    ].some(key => key in others);
    for (const name of [resources, bases, components].flatMap(list =>
      listOf<string>(list),
    )) {
      const target = path.posix.join(current, String(name));
      if (tree.has(target)) {
        inputs.files.push(target);
      } else if (kustomizationOf(tree, target)) {
        visit(target);
      } else {
        inputs.hasMore = true;
      }
    }
  };
  visit(folder);
  return inputs;
}

/** The first document of a file when it is a map; undefined when it cannot be read. */
function readMap(text: string): KustomizationValue | undefined {
  const value = documentsOf(text)[0];
  return typeof value === 'object' && value !== null
    ? (value as KustomizationValue)
    : undefined;
}
