import { useCallback, useMemo } from 'react';
import {
  readFleetFilters,
  writeFleetFilters,
  type FleetFilters,
} from '../model/fleetFilters';
import { useUrlState } from './useUrlState';

/** Which cell the side panel shows: a row of the table and an environment. */
export interface SelectedCell {
  row: string;
  environment: string;
}

/** How the fleet is looked at, kept in the URL so that a link shows the same. */
export function useFleetFilters(): {
  filters: FleetFilters;
  setFilters: (change: Partial<FleetFilters>) => void;
  selected?: SelectedCell;
  select: (cell: SelectedCell | undefined) => void;
} {
  const [params, update] = useUrlState();
  const filters = useMemo(() => readFleetFilters(params), [params]);
  const setFilters = useCallback(
    (change: Partial<FleetFilters>) =>
      update(old =>
        writeFleetFilters(old, { ...readFleetFilters(old), ...change }),
      ),
    [update],
  );
  const row = params.get('row');
  const select = useCallback(
    (cell: SelectedCell | undefined) =>
      update(old => {
        old.delete('row');
        old.delete('env');
        if (cell) {
          old.set('row', cell.row);
          old.set('env', cell.environment);
        }
        return old;
      }),
    [update],
  );
  return {
    filters,
    setFilters,
    selected: row ? { row, environment: params.get('env') ?? '' } : undefined,
    select,
  };
}
