import type { BackupDetails } from '@fairway/plugin-gitops-common';
import type {
  FactObservation,
  ObjectFields,
} from '@fairway/plugin-gitops-node';

/** Namespaces of one backup that get a fact of their own. */
const MAX_NAMESPACES = 200;

/** The namespaces that a backup's spec names, sorted; none when it is about all. */
export function namedNamespaces(spec: ObjectFields): string[] {
  const named = spec.strings('includedNamespaces');
  return named.includes('*') ? [] : [...new Set(named)].sort();
}

/**
 * One fact when it is about one namespace or all of the cluster; else one of the whole, and one
 * for each namespace, so that each service sees its own. Backups live in Velero's namespace,
 * whatever they back up.
 */
export function forEachNamespace(
  details: BackupDetails,
  fact: Omit<FactObservation, 'title' | 'details'> & {
    title(of: string): string;
  },
): FactObservation[] {
  const { namespaces } = details;
  const { title, ...common } = fact;
  if (namespaces.length <= 1) {
    return [
      {
        ...common,
        targetNamespace: namespaces[0],
        title: title(namespaces[0] ?? 'the cluster'),
        details: { ...details },
      },
    ];
  }
  const shown = namespaces.slice(0, MAX_NAMESPACES);
  const omittedNamespaces = namespaces.length - shown.length;
  return [
    {
      ...common,
      title: title(`${namespaces.length} namespaces`),
      details: {
        ...details,
        namespaces: shown,
        ...(omittedNamespaces > 0 ? { omittedNamespaces } : {}),
      },
    },
    ...shown.map(namespace => ({
      ...common,
      part: namespace,
      targetNamespace: namespace,
      title: title(namespace),
      details: { ...details, namespaces: [namespace] },
    })),
  ];
}
