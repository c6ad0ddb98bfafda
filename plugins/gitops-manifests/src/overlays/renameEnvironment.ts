import path from 'node:path';
import { YamlText, type ManifestTree } from '../edit';
import type { YamlPath } from '../edit/plainEdits';
import { documentsOf } from '../edit/kustomizationFiles';

/** From one environment to another. */
export interface EnvironmentNames {
  from: string;
  to: string;
  fromNamespace?: string;
  toNamespace?: string;
}

/** A value that names the environment, and what it becomes. @public */
export interface Renaming {
  file: string;
  /** Where in the file, for example `patches.0.patch`; the line number where it is no YAML. */
  at: string;
  from: string;
  to: string;
}

/** What an image is called says nothing of the environment that it runs in. */
const NEVER = new Set([
  ...['image', 'newName', 'newTag', 'digest'],
  ...['apiVersion', 'kind', 'group', 'version'],
]);

/** Words with a meaning of their own: Node.js knows "production" and no "qa". */
const FRAMEWORK_VARIABLE = /^(?:NODE|RAILS|RACK|MIX)_ENV$/;

const YAML_FILE = /\.ya?ml$|(^|\/)Kustomization$/;

/**
 * The files of an overlay as another environment has them: its name and its namespace are replaced
 * wherever a value names them, also as a part of a host or of a key. Comments, names of images,
 * names of objects of the base, and paths of files stay.
 *
 * @param folder - where the files are, to tell which values are paths
 */
export function renameEnvironment(
  tree: ManifestTree,
  folder: string,
  names: EnvironmentNames,
): { files: Map<string, string>; renamings: Renaming[] } {
  const prefix = `${folder}/`;
  const shared = sharedNames(tree, prefix);
  const pattern = patternOf(names);
  const files = new Map<string, string>();
  const renamings: Renaming[] = [];
  for (const [file, text] of tree) {
    if (!file.startsWith(prefix)) {
      continue;
    }
    const isPath = (value: string) => leadsToFile(tree, file, value);
    const replace = (value: string) =>
      shared.has(value) || isPath(value)
        ? value
        : value.replaceAll(pattern, found =>
            found === names.from ? names.to : names.toNamespace ?? names.to,
          );
    const renamed =
      YAML_FILE.test(file) && documentsOf(text).length > 0
        ? renameYaml(file, text, replace)
        : renameLines(file, text, replace);
    files.set(file.slice(prefix.length), renamed.text);
    renamings.push(...renamed.renamings);
  }
  return { files, renamings };
}

function patternOf({ from, fromNamespace }: EnvironmentNames): RegExp {
  const name = escape(from);
  // The last part of a dotted name is none: `fairway.dev/environment` means no environment.
  const word = `(?<![A-Za-z0-9.])${name}(?![A-Za-z0-9])|(?<=\\.)${name}(?=[.-])`;
  return new RegExp(
    fromNamespace && fromNamespace !== from
      ? `(?<![A-Za-z0-9-])${escape(fromNamespace)}(?![A-Za-z0-9-])|${word}`
      : word,
    'g',
  );
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Names of the objects that are not the overlay's own, which its patches refer to. */
function sharedNames(tree: ManifestTree, prefix: string): Set<string> {
  const siblings = path.posix.dirname(prefix);
  const root = path.posix.dirname(siblings);
  const names = new Set<string>();
  for (const [file, text] of tree) {
    const isNear = root === '.' || file.startsWith(`${root}/`);
    const isOverlay = file.startsWith(
      siblings === '.' ? prefix : `${siblings}/`,
    );
    if (isNear && !isOverlay && YAML_FILE.test(file)) {
      for (const value of documentsOf(text)) {
        const name = (value as { metadata?: { name?: unknown } } | null)
          ?.metadata?.name;
        if (typeof name === 'string') {
          names.add(name);
        }
      }
    }
  }
  return names;
}

function leadsToFile(tree: ManifestTree, file: string, value: string): boolean {
  if (value.includes('\n') || value.length > 300) {
    return false;
  }
  // A generator names its file behind a key: `settings.json=dev.json`.
  const name = value.slice(value.indexOf('=') + 1);
  const target = path.posix.join(path.posix.dirname(file), name);
  return (
    tree.has(target) ||
    (name.includes('/') &&
      [...tree.keys()].some(other => other.startsWith(`${target}/`)))
  );
}

interface Renamed {
  text: string;
  renamings: Renaming[];
}

function renameYaml(
  file: string,
  original: string,
  replace: (value: string) => string,
): Renamed {
  const renamings: Renaming[] = [];
  let text = original;
  documentsOf(original).forEach((value, index) => {
    let at = -1;
    const places: Array<{ path: YamlPath; to: string }> = [];
    visit(value, [], (place, from) => {
      const to = replace(from);
      if (to !== from) {
        places.push({ path: place, to });
        renamings.push({ file, at: place.join('.'), from, to });
      }
    });
    if (places.length > 0) {
      const yaml = YamlText.parse(text, {
        name: file,
        where: () => {
          at += 1;
          return at === index;
        },
      });
      places.forEach(place => yaml.set(place.path, place.to));
      text = yaml.toString();
    }
  });
  return { text, renamings };
}

function visit(
  value: unknown,
  place: YamlPath,
  found: (place: YamlPath, text: string) => void,
): void {
  if (typeof value === 'string') {
    found(place, value);
  } else if (Array.isArray(value)) {
    const isImages = place.length === 1 && place[0] === 'images';
    if (!isImages) {
      value.forEach((item, index) => visit(item, [...place, index], found));
    }
  } else if (typeof value === 'object' && value !== null) {
    const { name } = value as { name?: unknown };
    const isFixed = typeof name === 'string' && FRAMEWORK_VARIABLE.test(name);
    for (const [key, child] of Object.entries(value)) {
      if (!isFixed && !NEVER.has(key) && !FRAMEWORK_VARIABLE.test(key)) {
        visit(child, [...place, key], found);
      }
    }
  }
}

function renameLines(
  file: string,
  original: string,
  replace: (value: string) => string,
): Renamed {
  const renamings: Renaming[] = [];
  const lines = original.split('\n').map((from, index) => {
    const isComment = /^\s*#/.test(from);
    const isFixed = FRAMEWORK_VARIABLE.test(from.split('=')[0].trim());
    const to = isComment || isFixed ? from : replace(from);
    if (to !== from) {
      renamings.push({ file, at: String(index + 1), from, to });
    }
    return to;
  });
  return { text: lines.join('\n'), renamings };
}
