import { useId, type ReactElement } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { DoraMetric, DoraReport } from '@fairway/plugin-gitops-common';
import {
  axisTicks,
  chartData,
  formatChartValue,
  type ChartData,
  type ChartPoint,
} from '../model/doraSeries';
import { formatDay } from '../model/doraText';
import { gitopsTranslationRef } from '../translation';
import {
  ChartTooltip,
  FAILED,
  OutcomeLegend,
  SERIES,
  WholeLegend,
  type ChartProps,
} from './DoraChartParts';
import styles from './DoraTrends.module.css';

const HEIGHT = 168;
const MARGIN = { top: 8, right: 8, bottom: 0, left: 0 };

const tick = { fill: 'var(--bui-fg-secondary)', fontSize: 12 };

/** What all charts share; called, not rendered, because recharts looks at its children. */
function frame({ data, day }: ChartProps, tooltip: ReactElement) {
  const ticks = axisTicks(data);
  return [
    <CartesianGrid key="grid" vertical={false} stroke="var(--bui-border-1)" />,
    <XAxis
      key="x"
      dataKey="from"
      tickFormatter={day}
      tick={tick}
      tickLine={false}
      axisLine={{ stroke: 'var(--bui-border-2)' }}
      minTickGap={24}
    />,
    <YAxis
      key="y"
      width={48}
      tick={tick}
      tickLine={false}
      axisLine={false}
      domain={[0, ticks[ticks.length - 1]]}
      ticks={ticks}
      tickFormatter={(value: number) => formatChartValue(value, data.unit)}
    />,
    <Tooltip
      key="tooltip"
      content={tooltip}
      cursor={{
        fill: 'var(--bui-bg-neutral-2)',
        stroke: 'var(--bui-border-2)',
      }}
      isAnimationActive={false}
    />,
  ];
}

function OutcomeChart(props: ChartProps) {
  const hatch = `hatch${useId().replaceAll(':', '')}`;
  return (
    <>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <BarChart
          data={props.data.points}
          margin={MARGIN}
          accessibilityLayer={false}
        >
          <defs>
            <pattern
              id={hatch}
              width="4"
              height="4"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="4" height="4" fill={FAILED} opacity="0.35" />
              <rect width="2" height="4" fill={FAILED} />
            </pattern>
          </defs>
          {frame(props, <ChartTooltip {...props} />)}
          <Bar
            dataKey="succeeded"
            stackId="deployments"
            fill={SERIES}
            maxBarSize={24}
            isAnimationActive={false}
          />
          <Bar
            dataKey="failed"
            stackId="deployments"
            fill={`url(#${hatch})`}
            stroke={FAILED}
            maxBarSize={24}
            isAnimationActive={false}
          />
        </BarChart>
      </ResponsiveContainer>
      <OutcomeLegend />
    </>
  );
}

function wholeLine({ whole }: ChartData) {
  return (
    whole !== undefined && (
      <ReferenceLine
        y={whole}
        stroke="var(--bui-fg-secondary)"
        strokeDasharray="4 4"
      />
    )
  );
}

function DurationChart(props: ChartProps) {
  const { data } = props;
  return (
    <ResponsiveContainer width="100%" height={HEIGHT}>
      <LineChart data={data.points} margin={MARGIN} accessibilityLayer={false}>
        {frame(props, <ChartTooltip {...props} />)}
        {wholeLine(data)}
        <Line
          dataKey="value"
          stroke={SERIES}
          strokeWidth={1.5}
          strokeOpacity={0.6}
          dot={{ r: 3, fill: SERIES, strokeWidth: 0 }}
          connectNulls
          isAnimationActive={false}
        />
      </LineChart>
    </ResponsiveContainer>
  );
}

function ShareChart(props: ChartProps & { color: string }) {
  const { data, color } = props;
  return (
    <ResponsiveContainer width="100%" height={HEIGHT}>
      <BarChart data={data.points} margin={MARGIN} accessibilityLayer={false}>
        {frame(props, <ChartTooltip {...props} />)}
        {wholeLine(data)}
        <Bar
          dataKey="value"
          fill={color}
          maxBarSize={24}
          minPointSize={2}
          isAnimationActive={false}
        />
      </BarChart>
    </ResponsiveContainer>
  );
}

function useSummary() {
  const { t } = useTranslationRef(gitopsTranslationRef);
  return ({ points, unit }: ChartData) => {
    if (!unit) {
      const sum = (of: (point: ChartPoint) => number) =>
        String(points.reduce((total, point) => total + of(point), 0));
      return t('dora.summary.deployments', {
        total: sum(({ count }) => count),
        failed: sum(({ failed }) => failed),
      });
    }
    const values = points.flatMap(({ value }) => value ?? []);
    const text = (value: number) => formatChartValue(value, unit);
    return values.length === 0
      ? t('dora.summary.none')
      : t('dora.summary.range', {
          low: text(Math.min(...values)),
          high: text(Math.max(...values)),
          last: text(values[values.length - 1]),
        });
  };
}

function Chart(props: { metric: DoraMetric; day: (iso: string) => string }) {
  const { metric, day } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const summary = useSummary();
  const data = chartData(metric);
  const title = t(`dora.chart.${metric.id}`);
  let chart = (
    <ShareChart
      data={data}
      day={day}
      color={metric.id === 'change-fail-rate' ? FAILED : SERIES}
    />
  );
  if (!data.unit) {
    chart = <OutcomeChart data={data} day={day} />;
  } else if (data.unit !== '%') {
    chart = <DurationChart data={data} day={day} />;
  }
  const measured = data.points.some(
    ({ value, count }) => value !== undefined || (!data.unit && count > 0),
  );
  return (
    <figure className={styles.chart} aria-label={title}>
      <figcaption>
        <h3 className={styles.title}>{title}</h3>
        <p className={styles.summary}>{summary(data)}</p>
      </figcaption>
      {measured ? (
        <div role="img" aria-label={`${title}: ${summary(data)}`}>
          {chart}
          {data.unit && <WholeLegend data={data} />}
        </div>
      ) : (
        <div className={styles.empty}>{t('dora.notEnough')}</div>
      )}
    </figure>
  );
}

/** The series of a report, one chart a metric. */
export function DoraCharts(props: { report: DoraReport }) {
  const { metrics, window } = props.report;
  const day = (iso: string) => formatDay(iso, window.timeZone);
  return (
    <div className={styles.charts}>
      {metrics.map(metric => (
        <Chart key={metric.id} metric={metric} day={day} />
      ))}
    </div>
  );
}
