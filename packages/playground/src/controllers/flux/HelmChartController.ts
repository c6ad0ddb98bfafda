import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { timestamp } from '../objects/conditions';
import { sha256 } from '../objects/digest';
import { GIT_REPOSITORY, HELM_CHART } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { messageOf, queueKey, Reconciler } from '../Reconciler';
import { failed, setConditions } from './fluxConditions';
import { commitOf, requestedAt, sourceKey } from './fluxObjects';

const COMMIT_DIGITS = 12;

/** Stands in for Flux's source controller, for charts in Git: packages them under a version. */
export function createHelmChartController(
  context: ControllerContext,
): Controller {
  const { cluster } = context;
  return new Reconciler({
    ...context,
    name: 'source-controller',
    kind: HELM_CHART,
    watches: [
      {
        kind: GIT_REPOSITORY,
        keys: ({ object }) =>
          cluster
            .list(HELM_CHART)
            .filter(
              chart =>
                chart.spec.sourceRef.kind === GIT_REPOSITORY.kind &&
                sourceKey(chart, chart.spec.sourceRef) ===
                  queueKey(object.metadata),
            )
            .map(({ metadata }) => queueKey(metadata)),
      },
    ],
    reconcile: chart => reconcile(context, chart),
  });
}

async function reconcile(
  context: ControllerContext,
  chart: KubernetesObject,
): Promise<number | undefined> {
  const { cluster, timing } = context;
  const { metadata, spec, status } = chart;
  if (metadata.deletionTimestamp || spec.suspend) {
    return undefined;
  }
  const { generation } = metadata;
  const handled = { ...status, lastHandledReconcileAt: requestedAt(chart) };
  try {
    const { fields, message } = await packageChart(context, chart);
    const reason = 'ChartPackageSucceeded';
    writeStatus(cluster, chart, {
      ...handled,
      ...fields,
      observedGeneration: generation,
      conditions: setConditions(status?.conditions, {
        generation,
        remove: ['Reconciling', 'FetchFailed'],
        set: [
          { type: 'Ready', status: 'True', reason, message },
          { type: 'ArtifactInStorage', status: 'True', reason, message },
        ],
      }),
    });
    return timing.intervalMs;
  } catch (error) {
    const message = messageOf(error);
    const reason = 'ChartPackageError';
    writeStatus(cluster, chart, {
      ...handled,
      conditions: setConditions(status?.conditions, {
        generation,
        set: [
          { type: 'FetchFailed', status: 'True', reason, message },
          ...failed(reason, message),
        ],
      }),
    });
    return timing.retryMs;
  }
}

async function packageChart(
  { cluster, forge, charts }: ControllerContext,
  { metadata, spec, status }: KubernetesObject,
): Promise<{ fields: object; message: string }> {
  const { sourceRef, chart, valuesFiles } = spec;
  const { namespace, name, generation } = metadata;
  if (sourceRef.kind !== GIT_REPOSITORY.kind) {
    throw new Error('the playground has charts from a GitRepository only');
  }
  const source = cluster.get({
    ...GIT_REPOSITORY,
    namespace,
    name: sourceRef.name,
  });
  const revision: string | undefined = source?.status?.artifact?.revision;
  const gitDirectory = forge.gitDirectory(source?.spec.url ?? '');
  if (!revision || !gitDirectory) {
    throw new Error(
      `no artifact available for GitRepository source '${sourceRef.name}'`,
    );
  }
  const commit = commitOf(revision);
  const location = { gitDirectory, revision: commit, chart, valuesFiles };
  const content = await charts.read(location);
  const version = versionOf(spec, {
    version: content.chart.version,
    commit,
    generation,
  });
  const file = `helmchart/${namespace}/${name}/${content.chart.name}-${version}.tgz`;
  const url = `http://source-controller.flux-system.svc.cluster.local./${file}`;
  const isKnown =
    status?.artifact?.revision === version &&
    status.observedGeneration === generation;
  if (!isKnown) {
    charts.package(url, commit);
  }
  return {
    message: `packaged '${content.chart.name}' chart with version '${version}'`,
    fields: {
      observedChartName: content.chart.name,
      observedSourceArtifactRevision: revision,
      // A chart under the version that is there already is not packaged again.
      artifact: isKnown
        ? status.artifact
        : {
            revision: version,
            digest: `sha256:${sha256(JSON.stringify(content))}`,
            path: file,
            url,
            lastUpdateTime: timestamp(),
          },
    },
  };
}

/** What Flux appends: the commit when each is a version, the generation with files of values. */
function versionOf(
  { reconcileStrategy, valuesFiles }: KubernetesObject['spec'],
  of: { version: string; commit: string; generation?: number },
): string {
  const metadata = [
    ...(reconcileStrategy === 'Revision'
      ? [of.commit.slice(0, COMMIT_DIGITS)]
      : []),
    ...(valuesFiles?.length ? [of.generation] : []),
  ].join('.');
  return metadata ? `${of.version.split('+')[0]}+${metadata}` : of.version;
}
