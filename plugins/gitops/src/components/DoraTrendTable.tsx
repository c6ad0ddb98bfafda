import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DoraReport } from '@fairway/plugin-gitops-common';
import { seriesRows } from '../model/doraSeries';
import { formatDay } from '../model/doraText';
import { gitopsTranslationRef } from '../translation';
import styles from './DoraTable.module.css';

/** What the charts draw, as numbers: one row a span, newest first. */
export function DoraTrendTable(props: { report: DoraReport }) {
  const { report } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const others = report.metrics.slice(1);
  return (
    <div
      className={styles.scroller}
      role="group"
      aria-label={t('dora.trend')}
      // Wider than a narrow page: reachable to be scrolled by keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <table className={styles.table} aria-label={t('dora.trend')}>
        <thead>
          <tr>
            <th scope="col">{t('dora.from')}</th>
            <th scope="col">{t('dora.deployments')}</th>
            <th scope="col">{t('dora.failed')}</th>
            {others.map(({ id }) => (
              <th scope="col" key={id}>
                {t(`dora.${id}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {seriesRows(report).map(row => (
            <tr key={row.from}>
              <th scope="row">{formatDay(row.from, report.window.timeZone)}</th>
              <td>{row.deployments}</td>
              <td>{row.failed}</td>
              {row.values.map(({ id, text }) => (
                <td key={id}>{text ?? '–'}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
