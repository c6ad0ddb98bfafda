const SOURCE_GROUP = 'source.toolkit.fluxcd.io';
const OPERATOR_GROUP = 'fluxcd.controlplane.io';

/** The version that references to a source are told with; references name none themselves. */
export const SOURCE_API_VERSION = `${SOURCE_GROUP}/v1`;

function source(kind: string, plural: string, versions = ['v1', 'v1beta2']) {
  return { group: SOURCE_GROUP, versions, kind, plural };
}

/** The kinds of Flux, of its operator and of Flagger that are observed. */
export const FLUX_KINDS = [
  {
    group: 'kustomize.toolkit.fluxcd.io',
    versions: ['v1', 'v1beta2'],
    kind: 'Kustomization',
    plural: 'kustomizations',
  },
  {
    group: 'helm.toolkit.fluxcd.io',
    versions: ['v2', 'v2beta2'],
    kind: 'HelmRelease',
    plural: 'helmreleases',
  },
  source('GitRepository', 'gitrepositories'),
  source('OCIRepository', 'ocirepositories'),
  source('HelmRepository', 'helmrepositories'),
  source('HelmChart', 'helmcharts'),
  source('Bucket', 'buckets'),
  source('ExternalArtifact', 'externalartifacts', ['v1']),
  {
    group: OPERATOR_GROUP,
    versions: ['v1'],
    kind: 'ResourceSet',
    plural: 'resourcesets',
  },
  {
    group: OPERATOR_GROUP,
    versions: ['v1'],
    kind: 'ResourceSetInputProvider',
    plural: 'resourcesetinputproviders',
  },
  {
    group: 'flagger.app',
    versions: ['v1beta1'],
    kind: 'Canary',
    plural: 'canaries',
  },
] as const;

/** The kinds that hold a revision which should run. */
export const SOURCE_KINDS: readonly string[] = FLUX_KINDS.filter(
  ({ group }) => group === SOURCE_GROUP,
).map(({ kind }) => kind);

/** The sources that Flux fetches when it is asked to; others come from somewhere else. */
const FETCHED_KINDS = SOURCE_KINDS.filter(kind => kind !== 'ExternalArtifact');

/** The plural of a kind that takes commands. */
export function pluralOf(kind: string): string | undefined {
  return [...FETCHED_KINDS, 'Kustomization', 'HelmRelease'].includes(kind)
    ? FLUX_KINDS.find(known => known.kind === kind)?.plural
    : undefined;
}
