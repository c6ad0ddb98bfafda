import type {
  ApplicationSource,
  ObjectRef,
} from '@fairway/plugin-gitops-common';
import { isObjectName, type ObjectFields } from '@fairway/plugin-gitops-node';
import { SOURCE_API_VERSION } from './fluxKinds';
import { readSourceRef } from './readRefs';
import { readPath, readRevision } from './readRevision';

/** Where a release has its chart from. */
export interface ChartSource {
  source: ApplicationSource;
  /** The object that holds the chart: a HelmChart, or the artifact itself. */
  sourceRef?: ObjectRef;
  /** The revision of that object that the last attempt was made of. */
  sourceRevision?: string;
  /** Flux packages it, perhaps from Git: then the version may end with the commit. */
  isPackaged: boolean;
}

/** Reads `spec.chartRef`, or `spec.chart`, of which helm-controller makes a HelmChart. */
export function readChartSource(
  { spec, status }: { spec: ObjectFields; status: ObjectFields },
  release: ObjectRef,
): ChartSource {
  if (spec.has('chartRef')) {
    const sourceRef = readSourceRef(spec.object('chartRef'), release);
    return {
      source: { type: 'helm', ...(sourceRef && { ref: sourceRef }) },
      sourceRef,
      sourceRevision: attemptedOf(sourceRef, status),
      isPackaged: sourceRef?.kind === 'HelmChart',
    };
  }
  const chart = spec.object('chart').object('spec');
  const repository = readSourceRef(chart.object('sourceRef'), release);
  const sourceRef =
    repository && readHelmChartRef(status, { release, repository });
  return {
    source: {
      type: 'helm',
      ...(isFolder(repository?.kind)
        ? { path: readPath(chart.string('chart')) }
        : {
            chart: chart.string('chart'),
            targetRevision: chart.string('version') ?? '*',
          }),
      ...(repository && { ref: repository }),
    },
    sourceRef,
    sourceRevision: attemptedOf(sourceRef, status),
    isPackaged: repository?.kind === 'GitRepository',
  };
}

/** Charts in a Git repository or a bucket are folders; all others are named. */
function isFolder(kind: string | undefined): boolean {
  return kind === 'GitRepository' || kind === 'Bucket';
}

/** The HelmChart that the controller says it made, else the one that it is about to make. */
function readHelmChartRef(
  status: ObjectFields,
  options: { release: ObjectRef; repository: ObjectRef },
): ObjectRef {
  const { release, repository } = options;
  const told = status.string('helmChart')?.split('/') ?? [];
  const [namespace, name] = told.every(isObjectName) ? told : [];
  return {
    cluster: release.cluster,
    apiVersion: SOURCE_API_VERSION,
    kind: 'HelmChart',
    namespace: namespace || repository.namespace,
    name: name || `${release.namespace}-${release.name}`,
  };
}

/** A HelmChart is known by its version, an artifact by its digest, when it has one. */
function attemptedOf(
  sourceRef: ObjectRef | undefined,
  status: ObjectFields,
): string | undefined {
  const version = status.string('lastAttemptedRevision');
  const digest = readRevision(status.string('lastAttemptedRevisionDigest'));
  switch (sourceRef?.kind) {
    case 'HelmChart':
      return version;
    case 'ExternalArtifact':
      return digest ?? version;
    default:
      return digest;
  }
}
