import type { DoraMetric } from '@fairway/plugin-gitops-common';
import styles from './DoraTile.module.css';

const HEIGHT = 28;

/**
 * The series of a metric at a glance, one bar a span; no bar where nothing was measured.
 * The charts and their table say it exactly, so readers of the screen hear those.
 */
export function DoraSparkline(props: { metric: DoraMetric }) {
  const { id, series } = props.metric;
  const values = series.map(({ count, value }) =>
    id === 'deployment-frequency' && count > 0 ? count : value,
  );
  const highest = Math.max(0, ...values.map(value => value ?? 0)) || 1;
  return (
    <svg
      className={styles.sparkline}
      viewBox={`0 0 ${series.length * 4} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {values.map((value, index) => {
        const height = Math.max(1.5, ((value ?? 0) / highest) * HEIGHT);
        return (
          value !== undefined && (
            <rect
              key={series[index].from}
              x={index * 4 + 0.5}
              y={HEIGHT - height}
              width="3"
              height={height}
            />
          )
        );
      })}
    </svg>
  );
}
