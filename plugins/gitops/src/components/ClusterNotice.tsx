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

interface Notice {
  key: string;
  title: string;
  description: string;
  status: 'info' | 'warning';
  isCluster: boolean;
}

/** Makes what is said of a cluster that cannot be seen, or only in part. */
function useClusterNotices(options: {
  clusters: ClusterStatus[];
  withObjects: boolean;
}): Notice[] {
  const { clusters, withObjects } = options;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();

  const whole = (cluster: ClusterStatus): Notice[] => {
    const { state, title, since, message = '' } = cluster;
    if (state === 'connected' || state === 'not-installed') {
      return [];
    }
    const time = state === 'unreachable' ? lastTrue(cluster) : since;
    return [
      {
        key: cluster.name,
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

  const part = (
    cluster: ClusterStatus,
    troubles: ClusterTrouble[],
  ): Notice[] => {
    const sentences = (['unreachable', 'forbidden', 'unreadable'] as const)
      .filter(state => withObjects || state !== 'unreadable')
      .flatMap(state => {
        const names = troubles
          .filter(trouble => trouble.state === state)
          .flatMap(({ resources }) => resources);
        const [first] = names;
        const counted =
          state === 'unreadable'
            ? t('cluster.objects', { count: names.length })
            : t('clusters.kinds', { count: names.length });
        return first
          ? t(`clusters.trouble.${state}`, {
              what: names.length > 1 ? counted : first,
            })
          : [];
      });
    return sentences.length > 0
      ? [
          {
            key: cluster.name,
            title: t('cluster.partTitle', { cluster: cluster.title }),
            description: `${sentences.join('. ')}.`,
            status: 'warning',
            isCluster: true,
          },
        ]
      : [];
  };

  return listClusters(clusters).flatMap(({ cluster, troubles }) =>
    cluster.state === 'connecting' || isWhollyUnseen(cluster)
      ? whole(cluster)
      : part(cluster, troubles),
  );
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
  const notices: Notice[] = [
    ...useClusterNotices({ clusters, withObjects }),
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
