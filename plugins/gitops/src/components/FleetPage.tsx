import { useMemo, useRef, useState } from 'react';
// Of core-plugin-api, because that one works in both systems.
import { useRouteRef } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, ButtonLink } from '@backstage/ui';
import type { FleetResponse } from '@fairway/plugin-gitops-common';
import { FLEET_PAGE_SIZE, useFleet } from '../hooks/useFleet';
import { useFleetFilters } from '../hooks/useFleetFilters';
import { useOwnedRefs } from '../hooks/useOwnedRefs';
import { fleetQuery, isFiltered } from '../model/fleetFilters';
import { fleetMatrix, type FleetMatrix } from '../model/fleetMatrix';
import { createServiceRouteRef } from '../routes';
import { gitopsTranslationRef } from '../translation';
import { ClusterNotice } from './ClusterNotice';
import { FleetPanel } from './FleetPanel';
import { FleetTable } from './FleetTable';
import { FleetToolbar } from './FleetToolbar';
import { PageSkeleton } from './PageSkeleton';
import { EmptyPanel, ErrorPanel, OutdatedNotice } from './QueryState';
import styles from './Page.module.css';

function FleetEmpty(props: { filtered: boolean }) {
  const { t } = useTranslationRef(gitopsTranslationRef);
  const createLink = useRouteRef(createServiceRouteRef);
  if (props.filtered) {
    return (
      <EmptyPanel
        title={t('fleet.emptyFiltered')}
        text={t('fleet.emptyFilteredHelp')}
      />
    );
  }
  return (
    <EmptyPanel
      title={t('fleet.empty')}
      text={t('fleet.emptyHelp')}
      actions={
        createLink && (
          <ButtonLink variant="primary" href={createLink()}>
            {t('common.createService')}
          </ButtonLink>
        )
      }
    />
  );
}

/** Owners seen so far: a filter must not take the other choices away. */
function useKnownOwners(fleet: FleetResponse | undefined, chosen?: string) {
  const known = useRef(new Set<string>());
  return useMemo(() => {
    fleet?.rows.forEach(({ owner }) => owner && known.current.add(owner));
    if (chosen) {
      known.current.add(chosen);
    }
    return [...known.current].sort();
  }, [fleet, chosen]);
}

function findCell(
  matrix: FleetMatrix,
  selected: { row: string; environment: string } | undefined,
) {
  const entry = matrix.groups
    .flatMap(({ rows }) => rows)
    .find(({ id }) => id === selected?.row);
  const cell = selected && entry?.cells.get(selected.environment);
  return entry && cell ? { entry, cell } : undefined;
}

/** The fleet: every service in every environment, what runs there and how it is. */
export function FleetPage() {
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { filters, setFilters, selected, select } = useFleetFilters();
  const owned = useOwnedRefs();
  const [rows, setRows] = useState(FLEET_PAGE_SIZE);
  const query = useMemo(
    () =>
      filters.mine && owned.loading
        ? undefined
        : fleetQuery(filters, owned.value),
    [filters, owned.loading, owned.value],
  );
  const fleet = useFleet(query, rows);
  const owners = useKnownOwners(fleet.value, filters.owner);
  const matrix = useMemo(
    () => fleet.value && fleetMatrix(fleet.value, filters.group),
    [fleet.value, filters.group],
  );
  const opened = matrix && findCell(matrix, selected);

  if (!fleet.value || !matrix) {
    return (
      <div className={styles.page}>
        {fleet.error ? (
          <ErrorPanel error={fleet.error} retry={fleet.retry} />
        ) : (
          <PageSkeleton rows={10} />
        )}
      </div>
    );
  }
  return (
    <div className={styles.page}>
      <OutdatedNotice error={fleet.error} updatedAt={fleet.updatedAt} />
      <ClusterNotice
        clusters={fleet.value.clusters}
        errors={fleet.value.errors}
      />
      <FleetToolbar
        fleet={fleet.value}
        filters={filters}
        owners={owners}
        onChange={setFilters}
      />
      {fleet.value.rows.length === 0 ? (
        <FleetEmpty filtered={isFiltered(filters)} />
      ) : (
        <FleetTable
          matrix={matrix}
          grouping={filters.group}
          selected={selected}
          onSelect={select}
        />
      )}
      {fleet.value.nextCursor && (
        <div className={styles.more}>
          <Button
            variant="secondary"
            isPending={fleet.refreshing}
            onPress={() => setRows(rows + FLEET_PAGE_SIZE)}
          >
            {t('fleet.loadMore')}
          </Button>
          {t('fleet.shown', {
            shown: String(fleet.value.rows.length),
            total: String(fleet.value.totalRows),
          })}
        </div>
      )}
      {opened && (
        <FleetPanel
          key={`${opened.entry.id} ${opened.cell.environment}`}
          row={opened.entry.row}
          cell={opened.cell}
          environments={fleet.value.environments}
          onClose={() => select(undefined)}
        />
      )}
    </div>
  );
}
