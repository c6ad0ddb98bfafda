import { useEffect, useRef, useState, type ReactNode } from 'react';
// Of core-plugin-api, because that one works in both systems.
import { useRouteRef } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, ButtonLink, SearchField, Select } from '@backstage/ui';
import type { FleetResponse } from '@fairway/plugin-gitops-common';
import { useDebounced } from '../hooks/useDebounced';
import { isFiltered, type FleetFilters } from '../model/fleetFilters';
import { createServiceRouteRef } from '../routes';
import { gitopsTranslationRef } from '../translation';
import { HealthMark, SyncMark } from './StateMark';
import styles from './FleetToolbar.module.css';

interface ToolbarProps {
  fleet: FleetResponse;
  filters: FleetFilters;
  onChange: (change: Partial<FleetFilters>) => void;
}

function Chip(props: {
  pressed: boolean;
  onPress: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={styles.chip}
      aria-pressed={props.pressed}
      onClick={props.onPress}
    >
      {props.children}
    </button>
  );
}

function toggled<T>(list: T[], item: T): T[] {
  return list.includes(item)
    ? list.filter(other => other !== item)
    : [...list, item];
}

function FleetChips(props: ToolbarProps) {
  const { fleet, filters, onChange } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { counts } = fleet;
  return (
    <div className={styles.row} role="group" aria-label={t('fleet.filters')}>
      <Chip
        pressed={filters.health.includes('degraded')}
        onPress={() =>
          onChange({ health: toggled(filters.health, 'degraded') })
        }
      >
        <HealthMark health="degraded" word="none" />
        {t('fleet.chipDegraded', { n: String(counts.health.degraded) })}
      </Chip>
      <Chip
        pressed={filters.sync.includes('out-of-sync')}
        onPress={() => onChange({ sync: toggled(filters.sync, 'out-of-sync') })}
      >
        <SyncMark sync="out-of-sync" word="none" />
        {t('fleet.chipOutOfSync', {
          n: String(counts.sync['out-of-sync']),
        })}
      </Chip>
      <Chip
        pressed={filters.health.includes('progressing')}
        onPress={() =>
          onChange({ health: toggled(filters.health, 'progressing') })
        }
      >
        <HealthMark health="progressing" word="none" />
        {t('fleet.chipProgressing', {
          n: String(counts.health.progressing),
        })}
      </Chip>
      <Chip
        pressed={filters.unregistered}
        onPress={() => onChange({ unregistered: !filters.unregistered })}
      >
        {t('fleet.chipUnregistered', { n: String(counts.unregistered) })}
      </Chip>
      <Chip
        pressed={filters.mine}
        onPress={() => onChange({ mine: !filters.mine })}
      >
        {t('fleet.chipMine')}
      </Chip>
      {isFiltered(filters) && (
        <Button
          variant="tertiary"
          size="small"
          onPress={() =>
            onChange({
              search: '',
              health: [],
              sync: [],
              unregistered: false,
              mine: false,
              owner: undefined,
              engine: undefined,
            })
          }
        >
          {t('fleet.clear')}
        </Button>
      )}
    </div>
  );
}

function FleetSearch(props: Pick<ToolbarProps, 'filters' | 'onChange'>) {
  const { filters, onChange } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [text, setText] = useState(filters.search);
  const settled = useDebounced(text, 250);
  const sent = useRef(filters.search);
  useEffect(() => {
    if (sent.current !== settled) {
      sent.current = settled;
      onChange({ search: settled });
    }
  }, [settled, onChange]);
  // Changed from elsewhere, for example by "Clear filters"; not the echo of what was typed,
  // which would take back the letters typed since.
  useEffect(() => {
    if (sent.current !== filters.search) {
      sent.current = filters.search;
      setText(filters.search);
    }
  }, [filters.search]);
  return (
    <SearchField
      className={styles.search}
      size="small"
      aria-label={t('fleet.search')}
      placeholder={t('fleet.searchPlaceholder')}
      value={text}
      onChange={setText}
    />
  );
}

function OwnerSelect(
  props: Pick<ToolbarProps, 'filters' | 'onChange'> & { owners: string[] },
) {
  const { filters, owners, onChange } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <Select
      className={styles.select}
      size="small"
      aria-label={t('fleet.owner')}
      options={[
        { value: 'all', label: t('fleet.allOwners') },
        ...owners.map(owner => ({
          value: owner,
          label: owner.replace(/^group:(default\/)?/, ''),
        })),
      ]}
      value={filters.owner ?? 'all'}
      onChange={value =>
        onChange({ owner: value === 'all' ? undefined : String(value) })
      }
    />
  );
}

/** The counts of the fleet, its filters and its order. */
export function FleetToolbar(props: ToolbarProps & { owners: string[] }) {
  const { fleet, filters, owners, onChange } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const createLink = useRouteRef(createServiceRouteRef);
  const { counts, clusters } = fleet;
  return (
    <div className={styles.toolbar}>
      <div className={styles.summary}>
        <strong>{t('fleet.services', { count: counts.services })}</strong>
        <span>{t('fleet.applications', { count: counts.applications })}</span>
        <span>{t('fleet.clusters', { count: clusters.length })}</span>
        {createLink && (
          <ButtonLink
            className={styles.create}
            variant="primary"
            href={createLink()}
          >
            {t('common.createService')}
          </ButtonLink>
        )}
      </div>
      <FleetChips fleet={fleet} filters={filters} onChange={onChange} />
      <div className={styles.row}>
        <FleetSearch filters={filters} onChange={onChange} />
        <OwnerSelect filters={filters} owners={owners} onChange={onChange} />
        <Select
          className={styles.select}
          size="small"
          aria-label={t('fleet.engine')}
          options={[
            { value: 'all', label: t('fleet.allEngines') },
            { value: 'argocd', label: t('engine.argocd') },
            { value: 'flux', label: t('engine.flux') },
          ]}
          value={filters.engine ?? 'all'}
          onChange={value =>
            onChange({
              engine:
                value === 'argocd' || value === 'flux' ? value : undefined,
            })
          }
        />
        <Select
          className={styles.select}
          size="small"
          aria-label={t('fleet.sort')}
          options={[
            { value: 'name', label: t('fleet.sortName') },
            { value: 'trouble', label: t('fleet.sortTrouble') },
            { value: 'last-deployment', label: t('fleet.sortLast') },
          ]}
          value={filters.sort}
          onChange={value => onChange({ sort: value as FleetFilters['sort'] })}
        />
        <Select
          className={styles.select}
          size="small"
          aria-label={t('fleet.group')}
          options={[
            { value: 'owner', label: t('fleet.groupOwner') },
            { value: 'system', label: t('fleet.groupSystem') },
            { value: 'none', label: t('fleet.groupNone') },
          ]}
          value={filters.group}
          onChange={value =>
            onChange({ group: value as FleetFilters['group'] })
          }
        />
      </div>
    </div>
  );
}
