// Of core-plugin-api, because that one works in both systems.
import { useRouteRef } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, ButtonLink } from '@backstage/ui';
import type {
  ClusterStatus,
  PartialError,
} from '@fairway/plugin-gitops-common';
import { useNow } from '../hooks/useNow';
import { listClusters, type ClusterTrouble } from '../model/clusterList';
import { isWhollyUnseen, lastTrue } from '../model/clusterSight';
import { formatClock } from '../model/format';
import { clustersRouteRef } from '../routes';
import { gitopsTranslationRef } from '../translation';

const TROUBLES = ['unreachable', 'forbidden', 'partial', 'unreadable'] as const;

interface Notice {
  key: string;
  title: string;
  description: string;
  status: 'info' | 'warning';
  isCluster: boolean;
}

/** Makes what is said of a cluster of which nothing can be seen. */
function useWholeNotice(): (cluster: ClusterStatus) => Notice[] {
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  return cluster => {
    const { name, state, title, since, message = '' } = cluster;
    if (state === 'connected' || state === 'not-installed') {
      return [];
    }
    const time = state === 'unreachable' ? lastTrue(cluster) : since;
    return [
      {
        key: name,
        title: t(`cluster.${state}Title`, {
          cluster: title,
          time: formatClock(time, now),
        }),
        description: t(`cluster.${state}`, { message }),
        status: state === 'connecting' ? 'info' : 'warning',
        isCluster: true,
      },
    ];
  };
}

/** Makes what is said of a cluster of which something cannot be seen, in one line. */
function usePartNotice(): (
  cluster: ClusterStatus,
  troubles: ClusterTrouble[],
) => Notice[] {
  const { t } = useTranslationRef(gitopsTranslationRef);
  return ({ name, title }, troubles) => {
    const sentences = TROUBLES.flatMap(state => {
      const what = troubles
        .filter(trouble => trouble.state === state)
        .flatMap(({ resources }) => resources);
      const counted =
        state === 'unreadable'
          ? t('cluster.objects', { count: what.length })
          : t('clusters.kinds', { count: what.length });
      return what.length > 0
        ? t(`clusters.trouble.${state}`, {
            what: what.length > 1 ? counted : what[0],
          })
        : [];
    });
    return sentences.length > 0
      ? [
          {
            key: name,
            title: t('cluster.partTitle', { cluster: title }),
            description: `${sentences.join('. ')}.`,
            status: 'warning',
            isCluster: true,
          },
        ]
      : [];
  };
}

/** States what of the clusters cannot be seen, and what that means for the content below. */
export function ClusterNotice(props: {
  clusters: ClusterStatus[];
  errors: PartialError[];
  /** Also tell of single objects that could not be read. */
  withObjects?: boolean;
}) {
  const { clusters, errors, withObjects = false } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const clustersLink = useRouteRef(clustersRouteRef);
  const whole = useWholeNotice();
  const part = usePartNotice();
  const notices: Notice[] = [
    ...listClusters(clusters).flatMap(({ cluster, troubles }) =>
      cluster.state === 'connecting' || isWhollyUnseen(cluster)
        ? whole(cluster)
        : part(
            cluster,
            troubles.filter(
              ({ state }) => withObjects || state !== 'unreadable',
            ),
          ),
    ),
    ...errors
      // A cluster that is named above needs no second notice.
      .filter(({ source }) => !clusters.some(({ name }) => name === source))
      .map(({ source, message }) => ({
        key: `error ${source}`,
        title: t('error.partialTitle', { source }),
        description: message,
        status: 'warning' as const,
        isCluster: false,
      })),
  ];
  return (
    <>
      {notices.map(({ key, isCluster, ...notice }) => (
        <Alert
          key={key}
          role="status"
          icon
          {...notice}
          customActions={
            isCluster &&
            clustersLink && (
              <ButtonLink variant="tertiary" size="small" href={clustersLink()}>
                {t('cluster.all')}
              </ButtonLink>
            )
          }
        />
      ))}
    </>
  );
}
