import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select, ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import type { DoraResponse, DoraScope } from '@fairway/plugin-gitops-common';
import { useDoraScopes } from '../hooks/useDoraScopes';
import { DORA_DAYS, type DoraView } from '../hooks/useDoraView';
import { refName } from '../model/doraText';
import { gitopsTranslationRef } from '../translation';
import styles from './DoraToolbar.module.css';

const ALL = 'all';
const SECTIONS = [
  ['owner', 'teams'],
  ['system', 'systems'],
  ['service', 'services'],
] as const;

function keyOf({ kind, ref }: DoraScope): string {
  return ref ? `${kind} ${ref}` : ALL;
}

function scopeOf(key: string): DoraScope {
  const [kind, ref] = key.split(' ');
  return { kind: kind as DoraScope['kind'], ref };
}

/** Chooses whose deployments the report is over, and over how many days. */
export function DoraToolbar(props: {
  view: DoraView;
  response?: DoraResponse;
  onChange: (change: Partial<DoraView>) => void;
}) {
  const { view, response, onChange } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [opened, setOpened] = useState(false);
  const refs = useDoraScopes(response, opened);
  const { kind, ref } = view.scope;
  const sections = SECTIONS.map(([name, title]) => ({
    title: t(`dora.${title}`),
    options: [
      ...refs[name],
      // What is looked at can be chosen even when the catalog does not name it.
      ...(kind === name && ref && !refs[name].includes(ref) ? [ref] : []),
    ].map(one => ({
      id: keyOf({ kind: name, ref: one }),
      label: refName(one),
    })),
  })).filter(({ options }) => options.length > 0);
  const domain = kind === 'domain' && ref;
  return (
    <div
      className={styles.toolbar}
      role="search"
      aria-label={t('dora.toolbar')}
    >
      <Select
        className={styles.scope}
        size="small"
        aria-label={t('dora.scope')}
        search={{ placeholder: t('dora.searchScope') }}
        options={[
          { id: ALL, label: t('dora.everything') },
          ...(domain
            ? [{ id: keyOf(view.scope), label: refName(domain) }]
            : []),
          ...sections,
        ]}
        value={keyOf(view.scope)}
        onOpenChange={isOpen => isOpen && setOpened(true)}
        onChange={chosen =>
          onChange({
            scope: scopeOf(String(chosen ?? ALL)),
            why: undefined,
            deployment: undefined,
          })
        }
      />
      <ToggleButtonGroup
        aria-label={t('dora.windowLabel')}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[String(view.days)]}
        onSelectionChange={keys => onChange({ days: Number([...keys][0]) })}
      >
        {DORA_DAYS.map(days => (
          <ToggleButton key={days} id={String(days)} size="small">
            {t('dora.days', { n: String(days) })}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}
