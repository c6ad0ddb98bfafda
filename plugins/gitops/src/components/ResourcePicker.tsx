import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Checkbox, SearchField } from '@backstage/ui';
import type { ApplicationResource } from '@fairway/plugin-gitops-common';
import { resourceKey } from '../model/commandOptions';
import { gitopsTranslationRef } from '../translation';
import styles from './CommandDialog.module.css';

/** So many can be read without a search. */
const SEARCH_FROM = 9;

/** Objects of an application with checkboxes; searchable when there are many. */
export function ResourcePicker(props: {
  resources: readonly ApplicationResource[];
  selected: ReadonlySet<string>;
  onChange: (selected: ReadonlySet<string>) => void;
}) {
  const { resources, selected, onChange } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [search, setSearch] = useState('');
  const words = search.toLocaleLowerCase('en').split(/\s+/).filter(Boolean);
  const shown = resources.filter(resource => {
    const text = resourceKey(resource).toLocaleLowerCase('en');
    return words.every(word => text.includes(word));
  });
  const toggle = (keys: string[], isSelected: boolean) => {
    const next = new Set(selected);
    keys.forEach(key => (isSelected ? next.add(key) : next.delete(key)));
    onChange(next);
  };
  const shownKeys = shown.map(resourceKey);
  const chosen = shownKeys.filter(key => selected.has(key)).length;
  return (
    <div
      className={styles.picker}
      role="group"
      aria-label={t('command.onlyList')}
    >
      {resources.length >= SEARCH_FROM && (
        <SearchField
          size="small"
          aria-label={t('command.onlySearch')}
          placeholder={t('command.onlySearch')}
          value={search}
          onChange={setSearch}
        />
      )}
      {shown.length > 1 && (
        <Checkbox
          isSelected={chosen === shown.length}
          isIndeterminate={chosen > 0 && chosen < shown.length}
          onChange={isSelected => toggle(shownKeys, isSelected)}
        >
          {t('command.onlyAll', { count: shown.length })}
        </Checkbox>
      )}
      <div className={styles.list}>
        {shown.map(resource => {
          const key = resourceKey(resource);
          return (
            <Checkbox
              key={key}
              isSelected={selected.has(key)}
              onChange={isSelected => toggle([key], isSelected)}
            >
              {`${resource.kind} ${resource.name}`}
            </Checkbox>
          );
        })}
      </div>
      {shown.length === 0 && (
        <p className={styles.help}>{t('command.onlyNone')}</p>
      )}
    </div>
  );
}
