import type {
  Application,
  Fact,
  SyncWindow,
} from '@fairway/plugin-gitops-common';
import { noteOnWindows, refusalOfWindows } from './refusalOfWindows';

const application = {
  ref: { cluster: 'prod-eu', namespace: 'argocd', name: 'orders-prod' },
  project: 'payments',
  destination: {
    server: 'https://kubernetes.default.svc',
    namespace: 'orders',
  },
} as Application;

const always = { schedule: '* * * * *', duration: '1h' };
const never = { schedule: '0 0 1 1 *', duration: '1m' };
const here = { applications: ['orders-*'] };

function refusal(
  windows: Array<Partial<SyncWindow>>,
  now = '2026-02-22T09:00:00Z',
): string | undefined {
  const project = {
    kind: 'project',
    ref: { cluster: 'prod-eu', namespace: 'argocd', name: 'payments' },
    // As it comes out of a database.
    details: JSON.parse(JSON.stringify({ syncWindows: windows })),
  } as Fact;
  return refusalOfWindows(application, {
    projects: [project],
    now: new Date(now),
  });
}

describe('refusalOfWindows', () => {
  it.each<[string, boolean, Array<Partial<SyncWindow>>]>([
    ['no window', true, []],
    ['an open deny window', false, [{ kind: 'deny', ...always, ...here }]],
    ['a closed deny window', true, [{ kind: 'deny', ...never, ...here }]],
    ['an open allow window', true, [{ kind: 'allow', ...always, ...here }]],
    ['a closed allow window', false, [{ kind: 'allow', ...never, ...here }]],
    [
      'one of two allow windows open',
      true,
      [
        { kind: 'allow', ...never, ...here },
        { kind: 'allow', ...always, ...here },
      ],
    ],
    [
      'a deny window beside an open allow window',
      false,
      [
        { kind: 'allow', ...always, ...here },
        { kind: 'deny', ...always, ...here },
      ],
    ],
    [
      'a closed deny window beside a closed allow window',
      false,
      [
        { kind: 'deny', ...never, ...here },
        { kind: 'allow', ...never, ...here },
      ],
    ],
    [
      'a deny window that lets people sync, and a closed allow window',
      true,
      [
        { kind: 'deny', ...always, ...here, manualSync: true },
        { kind: 'allow', ...never, ...here },
      ],
    ],
    [
      'two deny windows of which one lets people sync',
      false,
      [
        { kind: 'deny', ...always, ...here, manualSync: true },
        { kind: 'deny', ...always, ...here },
      ],
    ],
    [
      'closed allow windows that all let people sync',
      true,
      [{ kind: 'allow', ...never, ...here, manualSync: true }],
    ],
    [
      'closed allow windows of which one lets people sync',
      false,
      [
        { kind: 'allow', ...never, ...here, manualSync: true },
        { kind: 'allow', ...never, ...here },
      ],
    ],
    // A schedule that never comes is open all the time, as in Argo CD.
    [
      '30 February',
      false,
      [{ kind: 'deny', schedule: '0 0 30 2 *', duration: '1h', ...here }],
    ],
  ])('with %s: allowed is %s', (_, isAllowed, windows) => {
    expect(refusal(windows) === undefined).toBe(isAllowed);
  });

  it.each<[boolean, Partial<SyncWindow>]>([
    [true, { applications: ['orders-prod'] }],
    [true, { applications: ['x', '*-{prod,staging}'] }],
    [true, { applications: ['orders-[a-p]rod'] }],
    [true, { applications: ['?rders*'] }],
    [false, { applications: ['Orders-prod'] }],
    [false, { applications: ['orders'] }],
    [false, { applications: ['[orders-prod'] }],
    [false, { applications: ['orders.prod'] }],
    [false, {}],
    [true, { namespaces: ['ord*'] }],
    [true, { clusters: ['https://*'] }],
    [true, { clusters: ['in-cluster', '*kubernetes.default*'] }],
    [false, { clusters: ['in-cluster'] }],
    [true, { applications: ['x'], namespaces: ['orders'] }],
    [false, { applications: ['x'], namespaces: ['orders'], andOperator: true }],
    [
      true,
      {
        applications: ['orders-*'],
        namespaces: ['orders'],
        clusters: ['*'],
        andOperator: true,
      },
    ],
    [false, { applications: ['orders-*'], clusters: ['x'], andOperator: true }],
    [true, { namespaces: ['orders'], andOperator: true }],
    [false, { andOperator: true }],
  ])('concerned is %s by %j', (isConcerned, lists) => {
    const isRefused =
      refusal([{ kind: 'deny', ...always, ...lists }]) !== undefined;
    expect(isRefused).toBe(isConcerned);
  });

  it.each([
    // Nights in Paris, one hour ahead of UTC in winter and two in summer.
    ['0 22 * * *', '8h', 'Europe/Paris', '2026-02-21T20:59:59Z', undefined],
    [
      '0 22 * * *',
      '8h',
      'Europe/Paris',
      '2026-02-21T21:00:01Z',
      '2026-02-22 06:00',
    ],
    [
      '0 22 * * *',
      '8h',
      'Europe/Paris',
      '2026-02-22T04:59:59Z',
      '2026-02-22 06:00',
    ],
    ['0 22 * * *', '8h', 'Europe/Paris', '2026-02-22T05:00:00Z', undefined],
    [
      '0 22 * * *',
      '8h',
      'Europe/Paris',
      '2026-07-01T20:30:00Z',
      '2026-07-02 06:00',
    ],
    // The night in which the clocks change ends when they say so.
    [
      '0 22 * * *',
      '8h',
      'Europe/Paris',
      '2026-03-28T23:00:00Z',
      '2026-03-29 06:00',
    ],
    // A zone that is unknown is UTC.
    [
      '0 22 * * *',
      '8h',
      'Mars/Olympus',
      '2026-02-21T23:00:00Z',
      '2026-02-22 06:00',
    ],
    [
      '0 22 * * *',
      '1h30m',
      undefined,
      '2026-02-21T23:29:00Z',
      '2026-02-21 23:30',
    ],
    // Weekends, from Friday evening.
    ['0 18 * * FRI', '60h', 'UTC', '2026-02-22T12:00:00Z', '2026-02-23 06:00'],
    // A day of the month or of the week.
    ['0 0 1 * 1', '24h', 'UTC', '2026-02-23T12:00:00Z', '2026-02-24 00:00'],
    ['0 0 1 * ?', '24h', 'UTC', '2026-02-23T12:00:00Z', undefined],
    // One opening goes over into the next one.
    ['0 0,1,2 * * *', '1h', 'UTC', '2026-02-22T00:30:00Z', '2026-02-22 03:00'],
  ])(
    '%s for %s in %s is closed to %s',
    (schedule, duration, timeZone, now, end) => {
      const message = refusal(
        [{ kind: 'deny', schedule, duration, timeZone, ...here }],
        now,
      );
      expect(/until (\d{4}-\d\d-\d\d \d\d:\d\d)/.exec(message ?? '')?.[1]).toBe(
        end,
      );
    },
  );

  it('names the window and when it ends, or when the next one begins', () => {
    const night = {
      kind: 'deny' as const,
      schedule: '0 22 * * *',
      duration: '8h',
      timeZone: 'Europe/Paris',
      description: 'Nightly batch',
      ...here,
    };
    const longer = { ...night, duration: '10h', description: undefined };
    expect(refusal([night], '2026-02-21T22:00:00Z')).toBe(
      "Project payments forbids a sync of orders-prod now: its deny window '0 22 * * *' for 8h (Nightly batch) is open until 2026-02-22 06:00 Europe/Paris; wait until then, or have the window changed in Git",
    );
    expect(refusal([longer, night], '2026-02-21T22:00:00Z')).toContain(
      'until 2026-02-22 08:00 Europe/Paris',
    );
    expect(refusal([{ ...always, kind: 'deny', ...here }])).toContain(
      'never closes',
    );
    const office = {
      ...night,
      kind: 'allow' as const,
      schedule: '0 8 * * 1-5',
    };
    expect(
      refusal(
        [{ ...office, schedule: '0 8 1 * *' }, office],
        '2026-02-22T09:00:00Z',
      ),
    ).toContain(
      "the next one is the allow window '0 8 * * 1-5' for 8h (Nightly batch), which opens at 2026-02-23 08:00 Europe/Paris",
    );
  });

  it.each([
    ['0 22 * * 7', '8h', 'no day of week'],
    ['@daily', '8h', 'five fields'],
    ['61 * * * *', '8h', "'61' is no minute"],
    ['5-3 * * * *', '8h', "'5-3' is no minute"],
    ['*/0 * * * *', '8h', "'*/0' is no minute"],
    ['0 0 * foo *', '8h', "'foo' is no month"],
    ['0 22 * * *', '8 hours', 'no duration'],
    ['0 22 * * *', '', 'no duration'],
  ])(
    'forbids everything while %s for %s cannot be read',
    (schedule, duration, why) => {
      const message = refusal([{ kind: 'allow', schedule, duration, ...here }]);
      expect(message).toContain(why);
      expect(message).toContain('correct the window in Git');
    },
  );

  it('asks the project of its own Argo CD', () => {
    const project = (namespace: string, name: string, windows: object[]) =>
      ({
        ref: { cluster: 'prod-eu', namespace, name },
        details: { syncWindows: windows },
      } as unknown as Fact);
    const deny = [{ kind: 'deny', ...always, ...here }];
    const now = new Date('2026-02-22T09:00:00Z');
    const projects = [
      project('argocd-2', 'payments', deny),
      project('argocd', 'payments', []),
      project('argocd', 'other', deny),
    ];
    expect(refusalOfWindows(application, { projects, now })).toBeUndefined();
    // In a namespace of a team, Argo CD writes where it runs itself.
    const ref = { ...application.ref, namespace: 'team-a' };
    const refusedIn = (projectNamespace?: string) =>
      refusalOfWindows(
        { ...application, ref, projectNamespace },
        { projects, now },
      );
    expect(refusedIn('argocd-2')).toContain('forbids a sync');
    expect(refusedIn('argocd')).toBeUndefined();
    // Those of other installations have no say, and what is not known forbids nothing.
    expect(refusedIn('argocd-3')).toBeUndefined();
    expect(refusedIn()).toBeUndefined();
    expect(noteOnWindows({ ...application, ref }, projects)).toContain(
      'of project payments are not known here',
    );
    expect(noteOnWindows(application, projects)).toBeUndefined();
  });
});
