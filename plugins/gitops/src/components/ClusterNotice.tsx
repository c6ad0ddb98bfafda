import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type {
  ClusterStatus,
  PartialError,
} from '@fairway/plugin-gitops-common';
import { useNow } from '../hooks/useNow';
import { formatClock } from '../model/format';
import { gitopsTranslationRef } from '../translation';

/** The moment until which what is shown of a cluster was true. */
function lastTrue(cluster: ClusterStatus): string {
  const seen = cluster.resources
    .filter(({ state }) => state === 'unreachable')
    .map(({ lastSeenAt }) => lastSeenAt)
    .filter(time => time !== undefined)
    .sort();
  return seen[0] ?? cluster.since;
}

/** States which clusters cannot be seen, and what that means for the content below. */
export function ClusterNotice(props: {
  clusters: ClusterStatus[];
  errors: PartialError[];
}) {
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  const notices = [
    ...props.clusters.flatMap(cluster => {
      const { state, title, since, message = '' } = cluster;
      if (state === 'connected' || state === 'not-installed') {
        return [];
      }
      const time = state === 'unreachable' ? lastTrue(cluster) : since;
      return {
        title: t(`cluster.${state}Title`, {
          cluster: title,
          time: formatClock(time, now),
        }),
        description: t(`cluster.${state}`, { message }),
        status: state === 'connecting' ? 'info' : 'warning',
      } as const;
    }),
    ...props.errors.map(
      ({ source, message }) =>
        ({
          title: t('error.partialTitle', { source }),
          description: message,
          status: 'warning',
        } as const),
    ),
  ];
  return (
    <>
      {notices.map(notice => (
        <Alert key={notice.title} role="status" icon {...notice} />
      ))}
    </>
  );
}
