import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DoraMetric, DoraResponse } from '@fairway/plugin-gitops-common';
import { useDoraText } from '../hooks/useDoraText';
import { groupMembers, groupReasons } from '../model/doraMembers';
import { formatDay } from '../model/doraText';
import { gitopsTranslationRef } from '../translation';
import { DoraBandMark } from './DoraBandMark';
import { DoraMembers } from './DoraMembers';
import styles from './DoraWhy.module.css';

function Part(props: { title: string; note?: string; children: ReactNode }) {
  return (
    <div className={styles.part}>
      <h3 className={styles.title}>
        {props.title} <span className={styles.note}>{props.note}</span>
      </h3>
      {props.children}
    </div>
  );
}

function Answer(props: { metric: DoraMetric; response: DoraResponse }) {
  const { metric, response } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const text = useDoraText();
  const { window } = response.report;
  const { result, band, explanation } = metric;
  const amount = result.status === 'measured' ? text(result) : undefined;
  return (
    <>
      <div className={styles.answer}>
        <span className={styles.value}>
          {amount ? `${amount.number} ${amount.unit}` : t('dora.notEnough')}
        </span>
        {band && <DoraBandMark band={band} />}
        <span className={styles.note}>
          {t('dora.period', {
            from: formatDay(window.from, window.timeZone),
            to: formatDay(window.to, window.timeZone, true),
            zone: window.timeZone,
          })}
        </span>
      </div>
      <p className={styles.text}>{t(`dora.explain.${metric.id}`)}</p>
      <dl className={styles.formula}>
        <dt>{t('dora.formula')}</dt>
        <dd>{explanation.formula}</dd>
        <dt>{t('dora.calculation')}</dt>
        <dd>{explanation.calculation}</dd>
      </dl>
    </>
  );
}

/** The explanation of a metric: formula, numbers, what was counted and what was left out. */
export function DoraWhy(props: {
  metric: DoraMetric;
  response: DoraResponse;
  linkTo: (deploymentId: string) => string;
  /** The deployment that was looked at before; its link gets the focus. */
  cameFrom?: string;
}) {
  const { metric, response, linkTo, cameFrom } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { members, excluded } = metric.explanation;
  const counted = groupMembers(members, response.deployments);
  const reasons = groupReasons(excluded, response.deployments);
  return (
    <div className={styles.why}>
      <Answer metric={metric} response={response} />
      <Part
        title={t('dora.counted')}
        note={[
          t('dora.count', { n: String(metric.result.count) }),
          t('dora.members', { count: counted.length }),
          members.length < metric.result.count &&
            t('dora.newest', { n: String(members.length) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      >
        {counted.length > 0 ? (
          <DoraMembers members={counted} linkTo={linkTo} focused={cameFrom} />
        ) : (
          <p className={styles.text}>{t('dora.countedNone')}</p>
        )}
      </Part>
      <Part
        title={t('dora.leftOut')}
        note={t('dora.members', { count: excluded.length })}
      >
        {reasons.length === 0 && (
          <p className={styles.text}>{t('dora.leftOutNone')}</p>
        )}
        {reasons.map(({ reason, members: left }) => (
          <details
            key={reason}
            className={styles.reason}
            open={left.some(({ id }) => id === cameFrom)}
          >
            <summary>
              {reason} <span className={styles.note}>{left.length}</span>
            </summary>
            <DoraMembers members={left} linkTo={linkTo} focused={cameFrom} />
          </details>
        ))}
      </Part>
    </div>
  );
}
