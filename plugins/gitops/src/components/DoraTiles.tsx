import type { DoraMetricId, DoraReport } from '@fairway/plugin-gitops-common';
import { formatNumber } from '../model/doraText';
import { DoraTile } from './DoraTile';
import styles from './DoraTile.module.css';

const DAY_MS = 86_400_000;

/** The five metrics of a report, one tile each. */
export function DoraTiles(props: {
  report: DoraReport;
  /** True while newer numbers are on their way. */
  busy?: boolean;
  onWhy: (metric: DoraMetricId) => void;
}) {
  const { report, busy = false, onWhy } = props;
  const { from, to } = report.window;
  const days = formatNumber((Date.parse(to) - Date.parse(from)) / DAY_MS);
  return (
    <div
      className={`${styles.tiles} ${busy ? styles.busy : ''}`}
      aria-busy={busy}
    >
      {report.metrics.map(metric => (
        <DoraTile
          key={metric.id}
          metric={metric}
          days={days}
          onWhy={() => onWhy(metric.id)}
        />
      ))}
    </div>
  );
}
