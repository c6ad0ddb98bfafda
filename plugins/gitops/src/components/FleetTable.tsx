import type { CSSProperties } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import type { Environment } from '@fairway/plugin-gitops-common';
import type { SelectedCell } from '../hooks/useFleetFilters';
import { useServiceLink } from '../hooks/useServiceLink';
import { formatSeconds } from '../model/format';
import {
  OTHER_ENVIRONMENT,
  type FleetGrouping,
  type FleetMatrix,
  type MatrixGroup,
  type MatrixRow,
} from '../model/fleetMatrix';
import { gitopsTranslationRef } from '../translation';
import { EntityName } from './EntityName';
import { FleetCellButton } from './FleetCellButton';
import styles from './FleetTable.module.css';

interface TableProps {
  matrix: FleetMatrix;
  grouping: FleetGrouping;
  selected?: SelectedCell;
  onSelect: (cell: SelectedCell) => void;
}

function ServiceName(props: { entry: MatrixRow }) {
  const { row, previews } = props.entry;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const serviceLink = useServiceLink();
  const name = row.title ?? row.name;
  return (
    <th scope="row" className={styles.name}>
      {row.entityRef ? (
        <Link
          className={styles.nameLink}
          href={serviceLink(row.entityRef)}
          title={name}
        >
          {name}
        </Link>
      ) : (
        <>
          <span className={styles.nameLink} title={name}>
            {name}
          </span>
          <span className={styles.note} title={t('fleet.unclaimedHelp')}>
            {t('fleet.unclaimedHelp')}
          </span>
        </>
      )}
      {previews > 0 && (
        <span className={styles.note}>
          {t('fleet.previews', { count: previews })}
        </span>
      )}
    </th>
  );
}

function ServiceRow(
  props: Omit<TableProps, 'grouping' | 'matrix'> & {
    entry: MatrixRow;
    environments: Environment[];
  },
) {
  const { entry, environments, selected, onSelect } = props;
  const { row, cells } = entry;
  const { t } = useTranslationRef(gitopsTranslationRef);
  if (row.unregistered && cells.size === 0) {
    return (
      <tr className={styles.row}>
        <ServiceName entry={entry} />
        <td className={styles.help} colSpan={environments.length + 1}>
          {t('fleet.registerHelp', { name: row.name })}
        </td>
      </tr>
    );
  }
  return (
    <tr className={styles.row}>
      <ServiceName entry={entry} />
      {environments.map(({ name, title }) => {
        const cell = cells.get(name);
        const label =
          name === OTHER_ENVIRONMENT ? t('fleet.otherEnvironment') : title;
        return (
          <td key={name} className={styles.cell} data-label={label}>
            {cell ? (
              <FleetCellButton
                service={row.title ?? row.name}
                environment={label}
                cell={cell}
                selected={
                  selected?.row === entry.id && selected.environment === name
                }
                onPress={() => onSelect({ row: entry.id, environment: name })}
              />
            ) : (
              <span className={styles.nothing}>{t('fleet.nothingHere')}</span>
            )}
          </td>
        );
      })}
      <td className={styles.number} data-label={t('fleet.leadTime')}>
        {row.leadTimeSeconds === undefined
          ? '–'
          : formatSeconds(row.leadTimeSeconds)}
      </td>
    </tr>
  );
}

function GroupHead(props: {
  group: MatrixGroup;
  grouping: FleetGrouping;
  columns: number;
}) {
  const { group, grouping, columns } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  if (grouping === 'none') {
    return null;
  }
  const none = grouping === 'owner' ? t('fleet.noOwner') : t('fleet.noSystem');
  return (
    <tr className={styles.group}>
      <th scope="rowgroup" colSpan={columns}>
        {group.ref ? <EntityName entityRef={group.ref} /> : none}
        <span className={styles.groupCount}>{group.rows.length}</span>
      </th>
    </tr>
  );
}

/** Services by environments, grouped. */
export function FleetTable(props: TableProps) {
  const { matrix, grouping, selected, onSelect } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { environments, groups } = matrix;
  return (
    <div className={styles.scroller}>
      <table
        className={styles.table}
        style={{ '--environments': environments.length } as CSSProperties}
        aria-label={t('fleet.table')}
      >
        <thead>
          <tr className={styles.head}>
            <th scope="col">{t('fleet.service')}</th>
            {environments.map(({ name, title }) => (
              <th scope="col" key={name}>
                {name === OTHER_ENVIRONMENT
                  ? t('fleet.otherEnvironment')
                  : title}
              </th>
            ))}
            <th scope="col" className={styles.number}>
              {t('fleet.leadTime')}
            </th>
          </tr>
        </thead>
        {groups.map(group => (
          <tbody key={group.ref ?? ''}>
            <GroupHead
              group={group}
              grouping={grouping}
              columns={environments.length + 2}
            />
            {group.rows.map(entry => (
              <ServiceRow
                key={entry.id}
                entry={entry}
                environments={environments}
                selected={selected}
                onSelect={onSelect}
              />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}
