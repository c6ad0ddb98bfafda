import { useCallback } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type {
  FleetQuery,
  FleetResponse,
  GitopsApi,
} from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { fleetInMotion } from '../model/refresh';
import { useLiveQuery, type LiveQuery } from './useLiveQuery';

/** Rows of one page; "load more" adds as many. */
export const FLEET_PAGE_SIZE = 100;

/** The most that the backend gives in one answer. */
const MAX_LIMIT = 500;

async function loadRows(
  api: GitopsApi,
  query: FleetQuery,
  options: { rows: number; signal: AbortSignal },
): Promise<FleetResponse> {
  let fleet: FleetResponse | undefined;
  let missing = options.rows;
  do {
    const page = await api.getFleet(
      {
        ...query,
        limit: Math.min(missing, MAX_LIMIT),
        cursor: fleet?.nextCursor,
      },
      { signal: options.signal },
    );
    fleet = fleet ? { ...page, rows: [...fleet.rows, ...page.rows] } : page;
    missing = options.rows - fleet.rows.length;
  } while (missing > 0 && fleet.nextCursor);
  return fleet;
}

/** The fleet that a query names, kept fresh; undefined asks nothing yet. */
export function useFleet(
  query: FleetQuery | undefined,
  rows: number = FLEET_PAGE_SIZE,
): LiveQuery<FleetResponse> {
  const api = useApi(gitopsApiRef);
  return useLiveQuery({
    key: query && JSON.stringify([query, rows]),
    load: useCallback(
      signal => loadRows(api, query ?? {}, { rows, signal }),
      [api, query, rows],
    ),
    inMotion: fleetInMotion,
    keepPrevious: true,
  });
}
