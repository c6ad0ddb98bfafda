import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { Deployment, DeploymentCommit, Failure } from '../model';
import { computeDoraReport } from './computeDoraReport';
import { median } from './median';
import type { DoraMetricId, DoraReport, DoraWindow } from './types';

const BERLIN = 'Europe/Berlin';

function berlin(local: string): string {
  return DateTime.fromISO(local, { zone: BERLIN }).toUTC().toISO()!;
}

function commit(sha: string, authoredAt: string): DeploymentCommit {
  return {
    sha,
    repoUrl: 'https://git.example.com/shop/orders.git',
    subject: sha,
    author: 'Ada',
    authoredAt,
    committedAt: authoredAt,
  };
}

function deployment(
  id: string,
  finishedAt: string,
  more: Partial<Deployment> = {},
): Deployment {
  return {
    id,
    applicationId: 'app',
    applicationName: 'orders-production',
    entityRef: 'component:default/orders',
    environment: 'production',
    tier: 'production',
    engine: 'argocd',
    cluster: 'eu',
    source: 'observed',
    kind: 'release',
    rework: false,
    counted: true,
    revision: id,
    images: [],
    finishedAt,
    outcome: 'succeeded',
    commits: [],
    attribution: 'configuration',
    failures: [],
    ...more,
  };
}

function failure(
  deploymentId: string,
  signal: Failure['signal'],
  startedAt: string,
  endedAt?: string,
): Failure {
  return {
    id: `${deploymentId}-${signal}`,
    deploymentId,
    applicationId: 'app',
    signal,
    reason: 'It broke',
    startedAt,
    ...(endedAt && { endedAt }),
  };
}

function metric(report: DoraReport, id: DoraMetricId) {
  return report.metrics.find(one => one.id === id)!;
}

/** The month of docs/dora.md; the expected numbers there were computed on paper. */
const WORKED_WINDOW: DoraWindow = {
  from: berlin('2026-10-01T00:00'),
  to: berlin('2026-10-29T00:00'),
  timeZone: BERLIN,
};
const WORKED_EXAMPLE: Deployment[] = [
  deployment('d0', berlin('2026-09-20T12:00')),
  deployment('d1', berlin('2026-10-01T10:00'), {
    commits: [
      commit('c1', berlin('2026-09-30T10:00')),
      commit('c2', berlin('2026-10-01T08:00')),
    ],
  }),
  deployment('d2', berlin('2026-10-06T15:00'), {
    commits: [commit('c3', berlin('2026-10-05T15:00'))],
    failures: [
      failure(
        'd2',
        'rollback',
        berlin('2026-10-06T15:20'),
        berlin('2026-10-06T15:40'),
      ),
      failure(
        'd2',
        'health',
        berlin('2026-10-06T15:10'),
        berlin('2026-10-06T15:40'),
      ),
    ],
  }),
  deployment('d3', berlin('2026-10-06T15:40'), {
    kind: 'rollback',
    rework: true,
  }),
  deployment('d4', berlin('2026-10-14T12:00'), {
    kind: 'configuration',
    commits: [commit('c4', berlin('2026-10-14T11:00'))],
  }),
  deployment('d5', berlin('2026-10-23T09:00'), {
    commits: [
      commit('c3', berlin('2026-10-05T15:00')),
      commit('c5', berlin('2026-10-20T09:00')),
    ],
    failures: [failure('d5', 'health', berlin('2026-10-23T09:05'))],
  }),
  deployment('d6', berlin('2026-10-26T10:00'), {
    rework: true,
    commits: [commit('c6', berlin('2026-10-24T10:00'))],
  }),
  deployment('d7', berlin('2026-10-27T10:00'), {
    counted: false,
    notCountedReason: 'not-touched',
  }),
];

describe('computeDoraReport', () => {
  it('computes the worked example of docs/dora.md', () => {
    const report = computeDoraReport({
      deployments: WORKED_EXAMPLE,
      window: WORKED_WINDOW,
      interval: 'week',
    });

    expect(
      report.metrics.map(one => [
        one.id,
        one.result.status === 'measured' ? one.result.value : one.result,
        one.band?.level,
        one.explanation.calculation,
      ]),
    ).toEqual([
      [
        'deployment-frequency',
        6 / 28,
        'high',
        '6 deployments / 28 days = 0.214 per day',
      ],
      [
        'lead-time-for-changes',
        24 * 3600,
        'high',
        'median of 6 commits = 1 day (mean of the two middle ones)',
      ],
      ['change-fail-rate', 2 / 6, 'low', '2 failed / 6 deployments = 33.33 %'],
      [
        'failed-deployment-recovery-time',
        30 * 60,
        'elite',
        'median of 1 failed deployment = 30 minutes',
      ],
      ['rework-rate', 2 / 6, undefined, '2 rework / 6 deployments = 33.33 %'],
    ]);

    const frequency = metric(report, 'deployment-frequency');
    expect(
      frequency.series.map(({ from, count, failed, value }) => [
        from,
        count,
        failed,
        value,
      ]),
    ).toEqual([
      [berlin('2026-10-01T00:00'), 1, 0, 1 / 4],
      [berlin('2026-10-05T00:00'), 2, 1, 2 / 7],
      [berlin('2026-10-12T00:00'), 1, 0, 1 / 7],
      // Has the hour twice in which the clocks change.
      [berlin('2026-10-19T00:00'), 1, 1, 1 / 7],
      [berlin('2026-10-26T00:00'), 1, 0, 1 / 3],
    ]);
    expect(frequency.explanation.members.map(one => one.deploymentId)).toEqual([
      'd6',
      'd5',
      'd4',
      'd3',
      'd2',
      'd1',
    ]);
    expect(frequency.explanation.excluded).toEqual([
      {
        deploymentId: 'd7',
        reason: 'The revision did not touch this application',
      },
    ]);

    const leadTime = metric(report, 'lead-time-for-changes');
    expect(leadTime.explanation.members).toContainEqual({
      deploymentId: 'd6',
      contribution: 'c6: 2 days 1 hour',
    });
    expect(leadTime.explanation.excluded).toContainEqual({
      deploymentId: 'd3',
      reason: 'It carried no new commit',
    });
    expect(
      metric(report, 'failed-deployment-recovery-time').explanation.excluded,
    ).toContainEqual({
      deploymentId: 'd5',
      reason: `It is not over: failing since ${berlin(
        '2026-10-23T09:05',
      )} (health)`,
    });
    expect(frequency.previous).toEqual({
      status: 'not-enough-data',
      count: 1,
      reason:
        '1 deployment from 2026-09-03 to 2026-10-01 (Europe/Berlin); at least 2 needed',
    });

    const of2021 = computeDoraReport({
      deployments: WORKED_EXAMPLE,
      window: WORKED_WINDOW,
      bands: 2021,
    });
    expect(of2021.interval).toBe('day');
    expect(of2021.metrics.map(one => one.band?.level)).toEqual([
      'high',
      'high',
      'low',
      'elite',
      undefined,
    ]);
  });

  it('says what is missing instead of showing zero', () => {
    const window = {
      from: '2026-03-01T00:00:00Z',
      to: '2026-03-31T00:00:00Z',
      timeZone: 'UTC',
    };
    const empty = computeDoraReport({ deployments: [], window });
    expect(empty.metrics.map(one => one.result)).toEqual([
      ...[
        'No deployments from 2026-03-01 to 2026-03-31 (UTC); at least 2 needed',
        'No commits from 2026-03-01 to 2026-03-31 (UTC); at least 1 needed',
        'No deployments from 2026-03-01 to 2026-03-31 (UTC); at least 2 needed',
        'No ended failures from 2026-03-01 to 2026-03-31 (UTC); at least 1 needed',
        'No deployments from 2026-03-01 to 2026-03-31 (UTC); at least 2 needed',
      ].map(reason => ({ status: 'not-enough-data', count: 0, reason })),
    ]);
    expect(empty.metrics.every(one => one.band === undefined)).toBe(true);
    expect(empty.metrics[0].series).toHaveLength(30);
    expect(empty.metrics[0].series[0]).not.toHaveProperty('value');
  });

  it('does not deliver the commits of a deployment that failed to reconcile', () => {
    const lost = commit('c1', '2026-03-02T00:00:00Z');
    const report = computeDoraReport({
      window: {
        from: '2026-03-01T00:00:00Z',
        to: '2026-03-31T00:00:00Z',
        timeZone: 'UTC',
      },
      deployments: [
        deployment('a', '2026-03-03T00:00:00Z', {
          outcome: 'failed',
          commits: [lost],
        }),
        deployment('b', '2026-03-05T00:00:00Z', { commits: [lost] }),
        deployment('c', '2026-03-06T00:00:00Z', {
          commits: [commit('c2', '2027-01-01T00:00:00Z')],
        }),
      ],
    });
    const leadTime = metric(report, 'lead-time-for-changes');
    expect(leadTime.result).toMatchObject({ value: 3 * 86_400, count: 1 });
    expect(leadTime.explanation.excluded).toEqual([
      {
        deploymentId: 'a',
        reason: 'It failed to reconcile: its commits did not run',
      },
      {
        deploymentId: 'c',
        reason:
          'c2 says that it was authored after it was deployed: a clock was wrong',
      },
    ]);
    expect(metric(report, 'change-fail-rate').result).toMatchObject({
      value: 1 / 3,
    });
  });

  it('refuses windows that do not exist', () => {
    const report = (window: Partial<DoraWindow>) => () =>
      computeDoraReport({
        deployments: [],
        window: { ...WORKED_WINDOW, ...window },
      });
    expect(report({ timeZone: 'Mars/Olympus' })).toThrow(
      /IANA time zone, for example/,
    );
    expect(report({ from: 'yesterday' })).toThrow(/cannot be read/);
    expect(report({ to: WORKED_WINDOW.from })).toThrow(/is empty/);
    expect(() =>
      computeDoraReport({
        deployments: [],
        window: { from: '2000-01-01', to: '2026-01-01', timeZone: 'UTC' },
        interval: 'day',
      }),
    ).toThrow(/choose a shorter window/);
  });

  it('cuts months and days as the calendar of the zone does', () => {
    const report = computeDoraReport({
      deployments: [],
      window: {
        from: berlin('2026-01-15T00:00'),
        to: berlin('2026-11-01T00:00'),
        timeZone: BERLIN,
      },
    });
    expect(report.interval).toBe('month');
    const froms = metric(report, 'rework-rate').series.map(one => one.from);
    expect(froms.slice(0, 4)).toEqual([
      '2026-01-14T23:00:00.000Z',
      '2026-01-31T23:00:00.000Z',
      '2026-02-28T23:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
    ]);
    expect(froms).toHaveLength(10);
  });

  it('answers over 20,000 deployments in well under a second', () => {
    const start = Date.parse('2026-01-01T00:00:00Z');
    const many = Array.from({ length: 20_000 }, (_, index) => {
      const at = start + index * 20 * 60_000;
      return deployment(`d${index}`, new Date(at).toISOString(), {
        commits: Array.from({ length: 4 }, (__, n) =>
          commit(`${index}-${n}`, new Date(at - n * 3_600_000).toISOString()),
        ),
      });
    });
    // Time of the processor, because a machine that tests is busy.
    const began = process.cpuUsage();
    const report = computeDoraReport({
      deployments: many,
      window: {
        from: '2026-01-01T00:00:00Z',
        to: '2026-12-31T00:00:00Z',
        timeZone: BERLIN,
      },
      listed: 500,
    });
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(1_000);
    expect(report.metrics[1].explanation.members).toHaveLength(500);
    expect(metric(report, 'lead-time-for-changes').result).toMatchObject({
      value: 5_400,
      count: 80_000,
    });
  });
});

describe('computeDoraReport, whatever the deployments', () => {
  const window: DoraWindow = {
    from: berlin('2026-03-01T00:00'),
    to: berlin('2026-05-01T00:00'),
    timeZone: BERLIN,
  };
  const from = Date.parse(window.from) - 70 * 86_400_000;
  const iso = (offset: number) => new Date(from + offset).toISOString();
  const moment = fc.integer({ min: 0, max: 140 * 86_400_000 });
  const anyDeployment = fc
    .record({
      id: fc.uuid(),
      at: moment,
      service: fc.constantFrom('orders', 'carts', 'search'),
      counted: fc.boolean(),
      rework: fc.boolean(),
      failed: fc.boolean(),
      commits: fc.array(
        fc.record({
          sha: fc.integer({ min: 0, max: 40 }),
          age: fc.integer({ min: 0, max: 10 * 86_400_000 }),
        }),
        { maxLength: 4 },
      ),
      recovery: fc.option(fc.integer({ min: 0, max: 86_400_000 })),
    })
    .map(({ id, at, service, commits, failed, recovery, ...more }) =>
      deployment(id, iso(at), {
        ...more,
        entityRef: `component:default/${service}`,
        commits: commits.map(({ sha, age }) =>
          commit(`c${sha}`, iso(at - age)),
        ),
        failures: failed
          ? [
              failure(
                id,
                'health',
                iso(at),
                recovery === null ? undefined : iso(at + recovery),
              ),
            ]
          : [],
      }),
    );
  const anyLog = fc.uniqueArray(anyDeployment, {
    selector: one => one.id,
    maxLength: 40,
  });

  it('neither order nor repetition changes anything', () => {
    fc.assert(
      fc.property(
        anyLog.chain(log =>
          fc.tuple(
            fc.constant(log),
            fc.shuffledSubarray([...log, ...log], {
              minLength: log.length * 2,
            }),
          ),
        ),
        ([log, replayed]) => {
          expect(computeDoraReport({ deployments: replayed, window })).toEqual(
            computeDoraReport({ deployments: log, window }),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('the report of a team is the pool of its services, not a mean of means', () => {
    const samples = (
      report: DoraReport,
      id: DoraMetricId,
    ): Array<{ deploymentId: string; contribution: string }> =>
      metric(report, id).explanation.members;
    fc.assert(
      fc.property(anyLog, log => {
        const whole = computeDoraReport({ deployments: log, window });
        const parts = ['orders', 'carts', 'search'].map(service =>
          computeDoraReport({
            window,
            deployments: log.filter(
              one => one.entityRef === `component:default/${service}`,
            ),
          }),
        );
        for (const { id, series, result } of whole.metrics) {
          const pooled = parts.flatMap(part => samples(part, id));
          const order = (list: typeof pooled) =>
            list.map(one => JSON.stringify(one)).sort();
          expect(order(samples(whole, id))).toEqual(order(pooled));
          expect(series.reduce((sum, point) => sum + point.count, 0)).toBe(
            result.count,
          );
        }
        const within = log.filter(
          one =>
            one.counted &&
            one.finishedAt >= window.from &&
            one.finishedAt < window.to,
        );
        const rate = metric(whole, 'change-fail-rate').result;
        const failed = within.filter(one => one.failures.length > 0).length;
        expect(rate.status === 'measured' ? rate.value : undefined).toBe(
          within.length < 2 ? undefined : failed / within.length,
        );
        const recovery = metric(
          whole,
          'failed-deployment-recovery-time',
        ).result;
        const seconds = within
          .flatMap(one => one.failures)
          .filter(one => one.endedAt)
          .map(
            one =>
              (Date.parse(one.endedAt!) - Date.parse(one.startedAt)) / 1000,
          );
        expect(
          recovery.status === 'measured' ? recovery.value : undefined,
        ).toBe(median(seconds));
      }),
      { numRuns: 60 },
    );
  });
});
