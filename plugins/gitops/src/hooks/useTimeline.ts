import { useCallback, useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type {
  Deployment,
  DeploymentsResponse,
} from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';

const PAGE_SIZE = 50;

interface Older {
  items: Deployment[];
  nextCursor?: string;
}

/**
 * The deployments of a service: the first page comes with the service and stays live,
 * older ones are asked for one page at a time. With an environment chosen, the history
 * of that environment alone.
 */
export function useTimeline(options: {
  entityRef: string;
  environment?: string;
  first: Deployment[];
  firstCursor?: string;
}): {
  value: Deployment[];
  hasMore: boolean;
  loading: boolean;
  error?: Error;
  retry: () => void;
} {
  const { entityRef, environment, first, firstCursor } = options;
  const api = useApi(gitopsApiRef);
  const [older, setOlder] = useState<Older>();
  const [loading, setLoading] = useState(false);
  const [error, setError] = useState<Error>();

  useEffect(() => {
    setOlder(undefined);
    setError(undefined);
  }, [entityRef, environment]);

  const shown = environment
    ? first.filter(deployment => deployment.environment === environment)
    : first;
  const known = new Set(shown.map(({ id }) => id));
  const value = [
    ...shown,
    ...(older?.items ?? []).filter(({ id }) => !known.has(id)),
  ].sort((a, b) => b.finishedAt.localeCompare(a.finishedAt));
  const cursor = older ? older.nextCursor : firstCursor;

  const loadMore = useCallback(async () => {
    setLoading(true);
    setError(undefined);
    try {
      // A cursor of the whole history does not fit the history of one environment,
      // which therefore starts at its own beginning.
      const page: DeploymentsResponse = await api.getDeployments({
        entityRef: [entityRef],
        environment: environment ? [environment] : undefined,
        limit: PAGE_SIZE,
        cursor: environment ? older?.nextCursor : cursor,
      });
      setOlder(old => ({
        // The first page moves on while people read; what they saw stays.
        items: [...(old?.items ?? shown), ...page.items],
        nextCursor: page.nextCursor,
      }));
    } catch (cause) {
      setError(cause as Error);
    } finally {
      setLoading(false);
    }
  }, [api, entityRef, environment, older, cursor, shown]);

  return { value, hasMore: Boolean(cursor), loading, error, retry: loadMore };
}
