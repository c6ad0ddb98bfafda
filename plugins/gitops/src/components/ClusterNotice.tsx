import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type {
  ClusterStatus,
  PartialError,
} from '@fairway/plugin-gitops-common';
import { useNow } from '../hooks/useNow';
import { formatClock } from '../model/format';
import { gitopsTranslationRef } from '../translation';

/** States which clusters cannot be seen, and what that means for the content below. */
export function ClusterNotice(props: {
  clusters: ClusterStatus[];
  errors: PartialError[];
}) {
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  const lines = props.clusters.flatMap(cluster => {
    if (cluster.state === 'connected' || cluster.state === 'not-installed') {
      return [];
    }
    const lastSeen = cluster.resources
      .map(({ lastSeenAt }) => lastSeenAt)
      .filter(seen => seen !== undefined)
      .sort()[0];
    return t(`cluster.${cluster.state}`, {
      cluster: cluster.title,
      time: formatClock(
        cluster.state === 'unreachable'
          ? lastSeen ?? cluster.since
          : cluster.since,
        now,
      ),
      message: cluster.message ?? '',
    });
  });
  const all = [
    ...lines,
    ...props.errors.map(
      ({ source, message }) =>
        `${t('error.partialTitle', { source })}: ${message}`,
    ),
  ];
  if (all.length === 0) {
    return null;
  }
  return (
    <Alert
      role="status"
      status="warning"
      icon
      title={all.length === 1 ? all[0] : t('cluster.title')}
      description={
        all.length === 1 ? undefined : (
          <ul style={{ margin: 0, paddingLeft: 16 }}>
            {all.map(text => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )
      }
    />
  );
}
