import type {
  Application,
  Fact,
  SyncWindow,
} from '@fairway/plugin-gitops-common';
import { ArgocdObserver } from '../ArgocdObserver';

const here = { applications: ['orders-*'] };
const always = { schedule: '* * * * *', duration: '1h', ...here };
const never = { schedule: '0 0 1 1 *', duration: '1m', ...here };
const deny = 'deny' as const;
const allow = 'allow' as const;

function hold(
  windows: Array<Partial<SyncWindow>>,
  now = '2026-02-22T09:00:00Z',
): string | undefined {
  const application = {
    ref: { cluster: 'prod-eu', namespace: 'argocd', name: 'orders-prod' },
    project: 'payments',
    destination: { namespace: 'orders' },
    policy: { automated: true, prune: false, selfHeal: false },
    source: {},
    conditions: [],
  } as unknown as Application;
  const project = {
    kind: 'project',
    ref: { cluster: 'prod-eu', namespace: 'argocd', name: 'payments' },
    details: { syncWindows: windows } as Record<string, unknown>,
  } as Fact;
  try {
    new ArgocdObserver().commands(application, {
      ...{ command: 'sync', request: {}, isAutomatic: true },
      ...{ user: 'user:default/ada', projects: [project], now: new Date(now) },
    });
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ name: 'InputError' });
    return (error as Error).message;
  }
}

describe('what Argo CD does not do by itself because of sync windows', () => {
  it.each<[string, boolean, Array<Partial<SyncWindow>>]>([
    ['no window', false, []],
    ['an open deny window', true, [{ kind: deny, ...always }]],
    [
      'an open deny window that lets people sync',
      true,
      [{ kind: deny, ...always, manualSync: true }],
    ],
    ['a closed deny window', false, [{ kind: deny, ...never }]],
    ['an open allow window', false, [{ kind: allow, ...always }]],
    [
      'a deny window beside an open allow window',
      true,
      [
        { kind: allow, ...always, manualSync: true },
        { kind: deny, ...always, manualSync: true },
      ],
    ],
    [
      'a closed allow window that lets people sync',
      true,
      [{ kind: allow, ...never, manualSync: true }],
    ],
    [
      'one of two allow windows open',
      false,
      [
        { kind: allow, ...never },
        { kind: allow, ...always },
      ],
    ],
    [
      'a window of others',
      false,
      [{ kind: deny, ...always, applications: [] }],
    ],
    [
      'a window that cannot be read',
      true,
      [{ kind: allow, ...here, schedule: '@daily', duration: '1h' }],
    ],
  ])('with %s: held back is %s', (_, isHeld, windows) => {
    expect(hold(windows) !== undefined).toBe(isHeld);
  });

  it('is told with the window and until when', () => {
    expect(
      hold(
        [
          {
            ...{ kind: deny, schedule: '0 22 * * *', duration: '8h' },
            ...{ timeZone: 'Europe/Paris', manualSync: true },
            description: 'Nightly batch',
            ...here,
          },
        ],
        '2026-02-21T22:00:00Z',
      ),
    ).toBe(
      "Project payments keeps Argo CD from syncing orders-prod by itself now: its deny window '0 22 * * *' for 8h (Nightly batch) is open until 2026-02-22 06:00 Europe/Paris; wait until then, or have the window changed in Git",
    );
  });
});
