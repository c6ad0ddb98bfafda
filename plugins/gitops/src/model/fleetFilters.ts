import {
  HEALTH_STATUSES,
  SYNC_STATUSES,
  type Engine,
  type FleetQuery,
  type HealthStatus,
  type SyncStatus,
} from '@fairway/plugin-gitops-common';
import type { FleetGrouping } from './fleetMatrix';

const SORTS = ['name', 'trouble', 'last-deployment'] as const;
const GROUPINGS = ['owner', 'system', 'none'] as const;
const ENGINES = ['argocd', 'flux'] as const;

/** How a person looks at the fleet; all of it stands in the URL. */
export interface FleetFilters {
  search: string;
  health: HealthStatus[];
  sync: SyncStatus[];
  unregistered: boolean;
  mine: boolean;
  owner?: string;
  engine?: Engine;
  sort: (typeof SORTS)[number];
  group: FleetGrouping;
}

function oneOf<T extends string>(
  value: string | null,
  allowed: readonly T[],
): T | undefined {
  return allowed.find(item => item === value);
}

/** Reads the filters; what the URL says wrongly is left out. */
export function readFleetFilters(params: URLSearchParams): FleetFilters {
  return {
    search: params.get('q') ?? '',
    health: HEALTH_STATUSES.filter(s => params.getAll('health').includes(s)),
    sync: SYNC_STATUSES.filter(s => params.getAll('sync').includes(s)),
    unregistered: params.get('unregistered') === 'true',
    mine: params.get('mine') === 'true',
    owner: params.get('owner') || undefined,
    engine: oneOf(params.get('engine'), ENGINES),
    sort: oneOf(params.get('sort'), SORTS) ?? 'name',
    group: oneOf(params.get('group'), GROUPINGS) ?? 'owner',
  };
}

/** Writes the filters into a copy of the parameters; defaults leave no trace. */
export function writeFleetFilters(
  params: URLSearchParams,
  filters: FleetFilters,
): URLSearchParams {
  const next = new URLSearchParams(params);
  const put = (name: string, values: Array<string | undefined | false>) => {
    next.delete(name);
    values.forEach(value => value && next.append(name, value));
  };
  put('q', [filters.search]);
  put('health', filters.health);
  put('sync', filters.sync);
  put('unregistered', [filters.unregistered && 'true']);
  put('mine', [filters.mine && 'true']);
  put('owner', [filters.owner]);
  put('engine', [filters.engine]);
  put('sort', [filters.sort !== 'name' && filters.sort]);
  put('group', [filters.group !== 'owner' && filters.group]);
  return next;
}

/** True when something is filtered, so that an empty table is not an empty fleet. */
export function isFiltered(filters: FleetFilters): boolean {
  return Boolean(
    filters.search ||
      filters.health.length ||
      filters.sync.length ||
      filters.unregistered ||
      filters.mine ||
      filters.owner ||
      filters.engine,
  );
}

// An empty list would mean "no filter"; no entity can have this name.
const NOBODY = 'group:default/-';

/** The query that the filters mean; `owned` are the entity refs that the user stands for. */
export function fleetQuery(
  filters: FleetFilters,
  owned: string[] | undefined,
): FleetQuery {
  let owner = filters.owner ? [filters.owner] : undefined;
  if (filters.mine) {
    const mine = (owned ?? []).filter(ref => !owner || owner.includes(ref));
    owner = mine.length ? mine : [NOBODY];
  }
  return {
    search: filters.search.trim() || undefined,
    health: filters.health.length ? filters.health : undefined,
    sync: filters.sync.length ? filters.sync : undefined,
    unregistered: filters.unregistered || undefined,
    owner,
    engine: filters.engine ? [filters.engine] : undefined,
    // Groups must arrive together, or a page would tear one apart.
    sort:
      filters.sort === 'name' && filters.group === 'owner'
        ? 'owner'
        : filters.sort,
  };
}
