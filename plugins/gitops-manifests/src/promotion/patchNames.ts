import { documentsOf } from '../edit/kustomizationFiles';
import type { PatchEntry } from '../overlays/kustomizations';

/**
 * Patches by a name that is the same in all environments: their file, or what they are about. Of
 * several about the same, all but the first have a number.
 */
export function patchNames(
  patches: ReadonlyArray<PatchEntry>,
): Map<string, PatchEntry> {
  const named = new Map<string, PatchEntry>();
  for (const patch of patches) {
    const base = patch.path ?? subjectOf(patch);
    let name = base;
    for (let number = 2; named.has(name); number += 1) {
      name = `${base} #${number}`;
    }
    named.set(name, patch);
  }
  return named;
}

function subjectOf({ target, patch = '' }: PatchEntry): string {
  const [object] = documentsOf(patch) as Array<{
    kind?: string;
    metadata?: { name?: string };
  } | null>;
  const kind = target?.kind ?? object?.kind;
  const name = target?.name ?? object?.metadata?.name;
  const words = [kind, name].filter(Boolean).join(' ');
  return words || `target ${JSON.stringify(target ?? {})}`;
}
