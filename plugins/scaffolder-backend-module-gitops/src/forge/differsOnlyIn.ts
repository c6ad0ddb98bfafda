/** The hash of each file and folder of a folder at a commit, by name; empty path for the root. */
export type ListFolder = (
  path: string,
  commit: string,
) => Promise<Map<string, string>>;

/**
 * Whether two commits have the same files but for one, for example the overlay that CI writes
 * its image to. Walks down to that file, and compares the hashes beside the way: for forges that
 * compare no commits.
 */
export async function differsOnlyIn(
  listFolder: ListFolder,
  options: { file: string; before: string; after: string },
): Promise<boolean> {
  const names = options.file.split('/');
  for (const [depth, name] of names.entries()) {
    const folder = names.slice(0, depth).join('/');
    const before = await listFolder(folder, options.before);
    const after = await listFolder(folder, options.after);
    const all = new Set([...before.keys(), ...after.keys()]);
    all.delete(name);
    if (!before.has(name) || !after.has(name)) {
      return false;
    }
    if ([...all].some(other => before.get(other) !== after.get(other))) {
      return false;
    }
  }
  return true;
}
