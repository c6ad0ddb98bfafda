import {
  withoutCredentials,
  type ObjectFields,
} from '@fairway/plugin-gitops-node';

/** The generators that Argo CD knows, by their fields. */
const KINDS = [
  'list',
  'clusters',
  'git',
  'scmProvider',
  'clusterDecisionResource',
  'pullRequest',
  'matrix',
  'merge',
  'plugin',
];

/** Matrix and merge generators hold generators, and Argo CD allows one more level. */
const MAX_DEPTH = 4;

/** What generators are, and what they read. */
export interface ReadGenerators {
  /** Kinds, outermost first, each once. */
  kinds: string[];
  /** Clone URLs and projects of forges, sorted, each once. */
  reads: string[];
}

/** Reads generators, and those within them. */
export function readGenerators(
  generators: readonly ObjectFields[],
): ReadGenerators {
  const kinds = new Set<string>();
  const reads = new Set<string>();
  let level = [...generators];
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const inner: ObjectFields[] = [];
    for (const generator of level) {
      for (const kind of KINDS.filter(name => generator.has(name))) {
        const fields = generator.object(kind);
        kinds.add(kind);
        whatItReads(kind, fields).forEach(read => reads.add(read));
        inner.push(...fields.list('generators'));
      }
    }
    level = inner;
  }
  return { kinds: [...kinds], reads: [...reads].sort() };
}

function whatItReads(kind: string, fields: ObjectFields): string[] {
  if (kind === 'git') {
    const url = fields.string('repoURL');
    return url ? [withoutCredentials(url)] : [];
  }
  if (kind !== 'pullRequest') {
    return [];
  }
  return fields.keys().flatMap(forge => {
    const provider = fields.object(forge);
    const owner =
      provider.string('owner') ??
      provider.string('organization') ??
      (provider.has('repo') ? provider.string('project') : undefined);
    const project = provider.string('repo') ?? provider.string('project');
    return project ? [owner ? `${owner}/${project}` : project] : [];
  });
}
