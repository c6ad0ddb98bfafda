import { stringifyEntityRef } from '@backstage/catalog-model';
import type { TableColumn } from '@backstage/core-components';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CatalogTable,
  type CatalogTableColumnsFunc,
  type CatalogTableRow,
} from '@backstage/plugin-catalog';
import { Skeleton } from '@backstage/ui';
import { HealthMark, SyncMark } from '../components/StateMark';
import { describeError } from '../model/describeError';
import { gitopsTranslationRef } from '../translation';
import { useFleetState } from './useFleetState';

function StateCell(props: { entityRef: string; show: 'health' | 'sync' }) {
  const { entityRef, show } = props;
  const { row, loading, error } = useFleetState(entityRef);
  const { t } = useTranslationRef(gitopsTranslationRef);
  if (loading) {
    return <Skeleton width={72} height={14} />;
  }
  if (!row) {
    return error ? (
      <span title={describeError(error).message}>{t('catalog.failed')}</span>
    ) : (
      <span>{show === 'health' ? t('catalog.none') : '–'}</span>
    );
  }
  if (row.unregistered) {
    return <span>{show === 'health' ? t('catalog.none') : '–'}</span>;
  }
  return show === 'health' ? (
    <HealthMark health={row.health} />
  ) : (
    <SyncMark sync={row.sync} />
  );
}

function Title(props: { column: 'health' | 'sync' }) {
  const { t } = useTranslationRef(gitopsTranslationRef);
  return <>{t(`catalog.${props.column}`)}</>;
}

function stateColumn(column: 'health' | 'sync'): TableColumn<CatalogTableRow> {
  return {
    id: `gitops-${column}`,
    title: <Title column={column} />,
    width: 'auto',
    // Sorted by the catalog's backend, which does not know it.
    sorting: false,
    render: ({ entity }) =>
      entity.kind.toLowerCase() === 'component' ? (
        <StateCell entityRef={stringifyEntityRef(entity)} show={column} />
      ) : null,
  };
}

/** The health of a component over all its environments, for the catalog's table. @public */
export const gitopsHealthColumn = stateColumn('health');

/** Whether a component runs what Git says, for the catalog's table. @public */
export const gitopsSyncColumn = stateColumn('sync');

/**
 * The columns of the catalog's table with health and sync after the name, for components.
 *
 * @public
 */
export const gitopsCatalogColumns: CatalogTableColumnsFunc = context => {
  const columns = CatalogTable.defaultColumnsFunc(context);
  const kind = context.entities[0]?.kind ?? context.filters.kind?.value;
  if (kind?.toLowerCase() !== 'component') {
    return columns;
  }
  const afterName =
    columns.findIndex(({ field }) => field === 'resolved.entityRef') + 1 || 2;
  return [
    ...columns
      .slice(0, afterName)
      .map(column => ({ ...column, cellStyle: { minWidth: 180 } })),
    gitopsHealthColumn,
    gitopsSyncColumn,
    ...columns.slice(afterName),
  ];
};
