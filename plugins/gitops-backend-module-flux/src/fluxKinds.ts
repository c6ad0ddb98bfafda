const SOURCE_GROUP = 'source.toolkit.fluxcd.io';

/** The version that references to a source are told with; references name none themselves. */
export const SOURCE_API_VERSION = `${SOURCE_GROUP}/v1`;

/** The kinds of Flux that are observed. */
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
  {
    group: SOURCE_GROUP,
    versions: ['v1', 'v1beta2'],
    kind: 'GitRepository',
    plural: 'gitrepositories',
  },
  {
    group: SOURCE_GROUP,
    versions: ['v1', 'v1beta2'],
    kind: 'OCIRepository',
    plural: 'ocirepositories',
  },
  {
    group: SOURCE_GROUP,
    versions: ['v1', 'v1beta2'],
    kind: 'HelmRepository',
    plural: 'helmrepositories',
  },
  {
    group: SOURCE_GROUP,
    versions: ['v1', 'v1beta2'],
    kind: 'Bucket',
    plural: 'buckets',
  },
] as const;

/** The kinds that hold a revision which should run. */
export const SOURCE_KINDS: readonly string[] = FLUX_KINDS.filter(
  ({ group }) => group === SOURCE_GROUP,
).map(({ kind }) => kind);

/** The plural of a kind, also of the charts that releases refer to and nobody observes. */
export function pluralOf(kind: string): string | undefined {
  return kind === 'HelmChart'
    ? 'helmcharts'
    : FLUX_KINDS.find(known => known.kind === kind)?.plural;
}
