import { isDeepStrictEqual } from 'node:util';
import type { YamlText } from '../edit';
import { writeImage } from '../images/setImage';
import { listOf, type ImageEntry } from '../overlays/kustomizations';
import { note, type Comparison } from './comparison';

function tell({ newName, newTag, digest }: ImageEntry): string {
  const tag = newTag === undefined ? '' : `:${newTag}`;
  return `${newName ?? ''}${tag}${digest ? `@${digest}` : ''}`.replace(
    /^:/,
    '',
  );
}

export function compareImages(comparison: Comparison): void {
  const { source, target } = comparison;
  const theirs = listOf<ImageEntry>(source.images);
  const ours = listOf<ImageEntry>(target.get(['images']));
  for (const { name } of uniqueByName([...theirs, ...ours])) {
    const before = ours.find(entry => entry.name === name);
    const after = theirs.find(entry => entry.name === name);
    if (isDeepStrictEqual(before, after)) {
      continue;
    }
    const selected = note(comparison, {
      ...{ kind: 'image', name },
      ...(before && { before: tell(before) }),
      ...(after && { after: tell(after) }),
    });
    if (selected && after) {
      writeImage(target, after);
    } else if (selected) {
      deleteByName(target, 'images', name);
    }
  }
}

export function compareReplicas(comparison: Comparison): void {
  type Replicas = { name: string; count: number };
  const { source, target } = comparison;
  const theirs = listOf<Replicas>(source.replicas);
  const ours = listOf<Replicas>(target.get(['replicas']));
  for (const { name } of uniqueByName([...theirs, ...ours])) {
    const before = ours.find(entry => entry.name === name)?.count;
    const after = theirs.find(entry => entry.name === name)?.count;
    if (before === after) {
      continue;
    }
    const selected = note(comparison, {
      ...{ kind: 'replicas', name },
      ...(before !== undefined && { before: String(before) }),
      ...(after !== undefined && { after: String(after) }),
    });
    if (selected && after !== undefined) {
      const current = listOf<Replicas>(target.get(['replicas']));
      const index = current.findIndex(entry => entry.name === name);
      if (index < 0) {
        target.set(['replicas', current.length], { name, count: after });
      } else {
        target.set(['replicas', index, 'count'], after);
      }
    } else if (selected) {
      deleteByName(target, 'replicas', name);
    }
  }
}

function uniqueByName<T extends { name: string }>(entries: T[]): T[] {
  return [...new Map(entries.map(entry => [entry.name, entry])).values()];
}

function deleteByName(yaml: YamlText, key: string, name: string): void {
  const entries = listOf<{ name: string }>(yaml.get([key]));
  const index = entries.findIndex(entry => entry.name === name);
  yaml.delete(entries.length > 1 ? [key, index] : [key]);
}
