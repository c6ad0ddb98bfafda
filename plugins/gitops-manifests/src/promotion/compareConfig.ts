import { isDeepStrictEqual } from 'node:util';
import { YamlText, type ManifestChange } from '../edit';
import { makeEqual } from '../edit/makeEqual';
import { textChange } from '../edit/textChange';
import { documentsOf } from '../edit/kustomizationFiles';
import {
  listOf,
  type KustomizationValue,
  type PatchEntry,
} from '../overlays/kustomizations';
import { note, saysSame, type Comparison } from './comparison';
import { patchNames } from './patchNames';

export function comparePatches(comparison: Comparison): void {
  const { source, target, tree, folder, sourceFiles } = comparison;
  const theirs = patchNames(listOf<PatchEntry>(source.patches));
  const ours = patchNames(listOf<PatchEntry>(target.get(['patches'])));
  const wanted: PatchEntry[] = [];
  for (const [name, entry] of theirs) {
    const current = ours.get(name);
    const file = entry.path;
    const before = file ? tree.get(`${folder}/${file}`) : undefined;
    const after = file ? sourceFiles.get(file) : undefined;
    const isEqual =
      isDeepStrictEqual(entry, current) && saysSame(before, after);
    const selected =
      !isEqual &&
      note(comparison, {
        ...{ kind: 'patch', name, after: entry.patch ?? after },
        ...(current && { before: current.patch ?? before }),
      });
    if (selected && file && after !== undefined) {
      comparison.changes.push(...fileChange(comparison, file, after));
    }
    const kept = selected || isEqual ? entry : current;
    if (kept) {
      wanted.push(kept);
    }
  }
  for (const [name, entry] of ours) {
    if (theirs.has(name)) {
      continue;
    }
    const before =
      entry.patch ?? (entry.path && tree.get(`${folder}/${entry.path}`));
    if (!note(comparison, { kind: 'patch', name, before })) {
      wanted.push(entry);
    } else if (entry.path && tree.has(`${folder}/${entry.path}`)) {
      comparison.changes.push({
        path: `${folder}/${entry.path}`,
        content: undefined,
      });
    }
  }
  if (wanted.length > 0) {
    makeEqual(target, wanted, ['patches']);
  } else {
    target.delete(['patches']);
  }
}

/** What has an item of its own, and what the environment keeps. */
const OWN_KEYS = ['namespace', 'images', 'replicas', 'patches'];

export function compareConfig(
  comparison: Comparison,
  targetPath: string,
): void {
  const { source, target, tree, folder, sourceFiles } = comparison;
  const ours = target.value as KustomizationValue;
  for (const key of new Set([...Object.keys(source), ...Object.keys(ours)])) {
    const [before, after] = [ours[key], source[key]];
    if (OWN_KEYS.includes(key) || isDeepStrictEqual(before, after)) {
      continue;
    }
    const selected = note(comparison, {
      ...{ kind: 'config', name: key },
      ...(before !== undefined && { before: JSON.stringify(before) }),
      ...(after !== undefined && { after: JSON.stringify(after) }),
    });
    if (selected && after !== undefined) {
      makeEqual(target, after, [key]);
    } else if (selected) {
      target.delete([key]);
    }
  }
  const patches = new Set(
    [
      ...listOf<PatchEntry>(source.patches),
      ...listOf<PatchEntry>(ours.patches),
    ].map(entry => entry.path),
  );
  const names = new Set(sourceFiles.keys());
  for (const path of tree.keys()) {
    if (path.startsWith(`${folder}/`) && path !== targetPath) {
      names.add(path.slice(folder.length + 1));
    }
  }
  for (const name of [...names].filter(file => !patches.has(file))) {
    const before = tree.get(`${folder}/${name}`);
    const after = sourceFiles.get(name);
    if (saysSame(before, after)) {
      continue;
    }
    if (note(comparison, { kind: 'config', name, before, after })) {
      comparison.changes.push(...fileChange(comparison, name, after));
    }
  }
}

function fileChange(
  { tree, folder }: Comparison,
  name: string,
  content: string | undefined,
): ManifestChange[] {
  const path = `${folder}/${name}`;
  const before = tree.get(path);
  const [value, ...more] = content ? documentsOf(content) : [];
  const isOneMap = typeof value === 'object' && more.length === 0;
  if (before === undefined || content === undefined || !isOneMap) {
    return [{ path, content }];
  }
  if (documentsOf(before).length !== 1) {
    return [{ path, content }];
  }
  const yaml = YamlText.parse(before, { name: path });
  makeEqual(yaml, value);
  return textChange(tree, path, yaml.toString());
}
