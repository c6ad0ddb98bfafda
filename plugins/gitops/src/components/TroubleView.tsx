import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Engine } from '@fairway/plugin-gitops-common';
import { useNow } from '../hooks/useNow';
import { formatClock, formatExact } from '../model/format';
import type { Trouble } from '../model/trouble';
import { gitopsTranslationRef } from '../translation';
import { HealthMark, SyncMark } from './StateMark';
import styles from './TroubleView.module.css';

/** What is wrong with one application in one sentence; all that the engine said behind it. */
export function TroubleView(props: {
  trouble: Trouble;
  engine: Engine;
  /** Where it is wrong, for example "Production · eu-1". */
  where?: string;
}) {
  const { trouble, where } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  const engine = t(`engine.${props.engine}`);
  const lead = [
    trouble.kind === 'health' ? trouble.object : undefined,
    trouble.kind === 'operation' ? t('trouble.operation') : undefined,
    trouble.kind === 'sync' ? t('trouble.sync') : undefined,
    trouble.kind === 'condition'
      ? t('trouble.condition', { engine })
      : undefined,
  ].find(Boolean);
  const sentence =
    trouble.sentence ??
    (lead && trouble.kind !== 'health'
      ? undefined
      : t('trouble.noReason', { engine }));
  const since = trouble.since && (
    <span className={styles.since} title={formatExact(trouble.since)}>
      {t('common.since', { time: formatClock(trouble.since, now) })}
    </span>
  );
  const bad = trouble.kind !== 'sync';
  return (
    <div className={`${styles.trouble} ${bad ? styles.bad : ''}`}>
      {where && (
        <div className={styles.head}>
          <span className={styles.where}>{where}</span>
          {trouble.kind === 'health' && trouble.health && (
            <HealthMark health={trouble.health} />
          )}
          {trouble.kind === 'sync' && <SyncMark sync="out-of-sync" />}
          {since}
        </div>
      )}
      <p className={styles.sentence}>
        {[lead, sentence].filter(Boolean).join(': ')}
      </p>
      {!where && since}
      {trouble.details.length > 0 && (
        <details className={styles.details}>
          <summary>{t('trouble.details', { engine })}</summary>
          <pre className={styles.text}>{trouble.details.join('\n\n')}</pre>
        </details>
      )}
    </div>
  );
}
