import { matchesGlob, type BackupDetails } from '@fairway/plugin-gitops-common';
import type {
  FactObservation,
  ObjectFields,
} from '@fairway/plugin-gitops-node';

/** Namespaces of one backup that get a fact of their own, and those that a fact lists. */
const MAX_NAMESPACES = 200;

type BackupScope = Pick<
  BackupDetails,
  'namespaces' | 'excludedNamespaces' | 'partial'
>;

/** What leaves out objects of the namespaces. */
const SELECTING_LISTS = [
  'includedResources',
  'includedNamespaceScopedResources',
  'excludedResources',
  'excludedNamespaceScopedResources',
];

function unique(names: string[]): string[] {
  return [...new Set(names)].sort();
}

/** The namespaces that a backup's spec names, sorted; none when it is about all. */
export function readScope(spec: ObjectFields): BackupScope {
  const named = unique(spec.strings('includedNamespaces'));
  const excluded = unique(spec.strings('excludedNamespaces'));
  return {
    namespaces: named.includes('*') ? [] : named,
    ...(excluded.length > 0 ? { excludedNamespaces: excluded } : {}),
    ...(isPartial(spec) ? { partial: true } : {}),
  };
}

function isPartial(spec: ObjectFields): boolean {
  return (
    spec.object('labelSelector').keys().length > 0 ||
    spec.list('orLabelSelectors').length > 0 ||
    SELECTING_LISTS.some(list => {
      const kinds = spec.strings(list);
      return (
        kinds.length > 0 && !(list.startsWith('in') && kinds.includes('*'))
      );
    })
  );
}

/** The names that are no patterns, and are not left out all the same. */
function plainNames({
  namespaces,
  excludedNamespaces = [],
}: BackupScope): string[] {
  return namespaces.filter(
    name =>
      /^[a-z0-9-]+$/.test(name) &&
      !excludedNamespaces.some(pattern => matchesGlob(pattern, name)),
  );
}

/**
 * One fact when it is about one namespace; else one of the whole, and one for each namespace that
 * is named, so that each service sees its own. Backups live in Velero's namespace, whatever they
 * back up; services whose namespaces are not named find the one of the whole.
 */
export function forEachNamespace(
  details: BackupDetails,
  fact: Omit<FactObservation, 'title' | 'details'> & {
    title(of: string): string;
  },
): FactObservation[] {
  const { namespaces, excludedNamespaces = [] } = details;
  const { title, ...common } = { ...fact, shared: true };
  const plain = plainNames(details);
  if (namespaces.length === 1 && plain.length === 1) {
    return [
      {
        ...common,
        targetNamespace: plain[0],
        title: title(plain[0]),
        details: { ...details },
      },
    ];
  }
  const parts = plain.slice(0, MAX_NAMESPACES);
  // Patterns last: what is cut off has a fact of its own, mostly.
  const shown = [
    ...namespaces.filter(name => !plain.includes(name)),
    ...plain,
  ].slice(0, MAX_NAMESPACES);
  const omittedNamespaces = namespaces.length - shown.length;
  return [
    {
      ...common,
      title: title(nameOf(namespaces)),
      details: {
        ...details,
        namespaces: shown.sort(),
        ...(excludedNamespaces.length > 0
          ? { excludedNamespaces: excludedNamespaces.slice(0, MAX_NAMESPACES) }
          : {}),
        ...(omittedNamespaces > 0 ? { omittedNamespaces } : {}),
      },
    },
    ...parts.map(namespace => ({
      ...common,
      part: namespace,
      targetNamespace: namespace,
      title: title(namespace),
      details: {
        ...details,
        namespaces: [namespace],
        excludedNamespaces: undefined,
      },
    })),
  ];
}

function nameOf(namespaces: readonly string[]): string {
  if (namespaces.length > 1) {
    return `${namespaces.length} namespaces`;
  }
  return namespaces[0] ?? 'the cluster';
}
