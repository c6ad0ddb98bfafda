import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import {
  overdueBackupSince,
  staleSecretSince,
} from '@fairway/plugin-gitops-common';
import type {
  FactObservation,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { describeObserverContract } from '@fairway/plugin-gitops-node/testUtils';
import { GuardrailsObserver } from './GuardrailsObserver';

const observer = new GuardrailsObserver();
const objects = parseAllDocuments(
  readFileSync(resolve(__dirname, '__fixtures__/objects.yaml'), 'utf8'),
).map(document => document.toJS() as KubernetesObject & Record<string, any>);

type Change = (object: Record<string, any>) => void;

function observeAll(
  kind: string,
  name?: string,
  change: Change = () => {},
): FactObservation[] {
  const object = structuredClone(
    objects.find(
      item => item.kind === kind && (!name || item.metadata.name === name),
    )!,
  );
  change(object);
  return observer.observe(object, {
    cluster: 'prod-eu',
    now: new Date('2026-02-22T09:00:00Z'),
  });
}

function observe(...args: Parameters<typeof observeAll>): FactObservation {
  return observeAll(...args)[0];
}

describeObserverContract({ observer, objects });

it('says nothing of time that passes, takes fields of a wrong type beside spec and status', () => {
  const context = { cluster: 'prod-eu', now: new Date('2026-02-22T09:00:00Z') };
  const later = { ...context, now: new Date('2027-02-22T09:00:00Z') };
  for (const object of objects) {
    expect(observer.observe(object, later)).toEqual(
      observer.observe(object, context),
    );
    for (const field of ['scope', 'results', 'summary', 'source']) {
      for (const wrong of [null, 7, 'x', [null, 3, { result: 'fail' }], {}]) {
        const facts = observer.observe({ ...object, [field]: wrong }, context);
        const parts = facts.map(({ part }) => part);
        expect(new Set(parts).size).toBe(parts.length);
      }
    }
  }
});

describe('policy reports', () => {
  it('says which policy an object violates', () => {
    const fact = observe('PolicyReport');
    expect(fact).toMatchObject({
      kind: 'policy',
      health: 'degraded',
      title: 'Policies of Deployment orders: 1 pass, 1 fail',
      message: expect.stringMatching(
        /^require-requests-limits\/validate-resources: .* \(and 1 more\)$/,
      ),
      targetNamespace: 'orders',
    });
    expect(fact.details).toMatchObject({
      summary: { pass: 1, fail: 1, warn: 1 },
      findings: [{ severity: 'medium' }, { result: 'warn' }],
    });
  });

  it('concerns the namespace that a report of the cluster is about', () => {
    expect(observe('ClusterPolicyReport')).toMatchObject({
      health: 'healthy',
      targetNamespace: 'orders',
      message: undefined,
    });
  });

  it('counts by itself without a summary, and knows nothing of skipped rules', () => {
    expect(
      observe('PolicyReport', undefined, report => delete report.summary)
        .health,
    ).toBe('degraded');
    expect(
      observe('PolicyReport', undefined, report => {
        report.results = [{ policy: 'p', result: 'skip' }];
        delete report.summary;
      }).health,
    ).toBe('unknown');
  });
});

describe('reports about many objects', () => {
  it('become a fact for each, worst first, with the results of that object alone', () => {
    const facts = observeAll('Report');
    expect(facts.map(({ part, health }) => [part, health])).toEqual([
      ['apps/Deployment/orders/orders', 'degraded'],
      ['apps/Deployment/orders/cart', 'healthy'],
      ['/Pod/orders/job', 'healthy'],
    ]);
    expect(facts[0]).toMatchObject({
      subject: { group: 'apps', kind: 'Deployment', name: 'orders' },
      targetNamespace: 'orders',
      title: 'Policies of Deployment orders: 0 pass, 1 fail',
      details: {
        source: 'trivy',
        summary: { fail: 1, warn: 1, pass: 0 },
        findings: [
          { severity: 'critical', resource: { name: 'orders' } },
          { severity: 'high' },
        ],
      },
    });
  });

  it('have an end, and say what they leave out', () => {
    const facts = observeAll('Report', 'trivy', report => {
      report.results = Array.from({ length: 300 }, (_, index) => ({
        policy: 'p',
        result: index === 250 ? 'fail' : 'pass',
        resources: [
          {
            apiVersion: 'v1',
            kind: 'Pod',
            namespace: 'orders',
            name: `p${index}`,
          },
        ],
      }));
    });
    expect(facts).toHaveLength(201);
    expect(facts[0].details).toMatchObject({ omittedSubjects: 100 });
    expect(facts[0].part).toBeUndefined();
    expect(facts[1]).toMatchObject({
      health: 'degraded',
      subject: { name: 'p250' },
    });
    const many = observe('PolicyReport', undefined, report => {
      report.results = Array(30).fill(report.results[0]);
    });
    expect(many.details.findings).toHaveLength(20);
    expect(many.details).toMatchObject({ omittedFindings: 10 });
    expect(many.message).toMatch(/\(and 29 more\)$/);
  });

  it('concern no namespace when they are about what has none', () => {
    expect(observe('ClusterReport')).toMatchObject({
      health: 'degraded',
      targetNamespace: undefined,
      subject: { kind: 'ClusterRole', name: 'admin' },
      message: 'no-wildcards/verbs: cannot evaluate',
    });
  });
});

describe('constraints', () => {
  it('count all violations, and show each object its own', () => {
    const facts = observeAll('K8sRequiredLabels');
    expect(facts[0]).toMatchObject({
      title: 'K8sRequiredLabels workloads-must-have-team: 23 violations',
      health: 'degraded',
      details: { enforcement: 'deny', omittedFindings: 20 },
    });
    expect(facts[0].targetNamespace).toBeUndefined();
    expect(
      facts
        .slice(1)
        .map(({ targetNamespace, health, subject }) => [
          ...[targetNamespace, subject?.kind, health],
        ]),
    ).toEqual([
      ['checkout', 'Deployment', 'degraded'],
      ['orders', 'Deployment', 'degraded'],
      ['checkout', 'Namespace', 'healthy'],
    ]);
    expect(facts[2].message).toBe(
      'K8sRequiredLabels/workloads-must-have-team: you must provide labels: {"team"}',
    );
  });

  it.each<[string, Change, string, RegExp | undefined]>([
    ['was not audited', o => delete o.status, 'unknown', /not audited/],
    [
      'is kept',
      o => Object.assign(o.status, { totalViolations: 0, violations: [] }),
      'healthy',
      undefined,
    ],
    [
      'is only tried out',
      o => {
        o.spec.enforcementAction = 'dryrun';
        o.status.violations.forEach((v: any) => delete v.enforcementAction);
      },
      'healthy',
      /23 objects violate it \(dryrun\)/,
    ],
    [
      'cannot be enforced',
      o => {
        o.status.byPod[0].errors = [
          { code: 'ingest_error', message: 'no template' },
        ];
      },
      'degraded',
      /cannot enforce it: no template/,
    ],
  ])('one that %s', (_, change, health, message) => {
    const [overall] = observeAll('K8sRequiredLabels', undefined, change);
    expect(overall.health).toBe(health);
    expect(overall.message ?? '').toMatch(message ?? /^$/);
  });
});

describe('Kyverno policies', () => {
  it('are a fact only while they do not work', () => {
    expect(observe('ValidatingPolicy')).toMatchObject({
      health: 'degraded',
      message: expect.stringMatching(
        /^It is enforced, .*: missing permissions: list deployments; grant/,
      ),
    });
    expect(observe('ClusterPolicy').message).toMatch(/not compiled/);
    expect(
      observeAll('ValidatingPolicy', undefined, policy => {
        policy.status.conditionStatus.ready = true;
      }),
    ).toEqual([]);
  });
});

describe('external secrets', () => {
  it('shows where a secret comes from, never which value', () => {
    const fact = observe('ExternalSecret', 'orders-db');
    expect(fact).toMatchObject({
      kind: 'secret',
      health: 'healthy',
      title: 'Secret orders-db-credentials from vault',
      details: {
        store: { kind: 'ClusterSecretStore', name: 'vault' },
        refreshTime: '2026-02-22T08:00:00.000Z',
      },
    });
    expect(JSON.stringify(fact)).not.toContain('password');
  });

  it('says why one could not be read', () => {
    expect(observe('ExternalSecret', 'checkout-api-key')).toMatchObject({
      health: 'degraded',
      message: 'could not get secret data from provider',
      details: { store: { kind: 'SecretStore', name: 'aws' } },
    });
  });

  it('go stale for readers with a clock', () => {
    const { details } = observe('ExternalSecret', 'orders-db');
    const at = (time: string) => staleSecretSince(details, new Date(time));
    expect(details.remoteKeys).toEqual(['payments/orders-db']);
    expect(at('2026-02-22T10:59:00Z')).toBeUndefined();
    expect(at('2026-02-22T11:01:00Z')).toBe('2026-02-22T11:00:00.000Z');
    for (const change of [
      { refreshPolicy: 'CreatedOnce' },
      { refreshInterval: '0' },
      { refreshInterval: 'often' },
      { refreshTime: undefined },
    ]) {
      expect(
        staleSecretSince({ ...details, ...change }, new Date('2027-01-01')),
      ).toBeUndefined();
    }
  });

  it('for many namespaces concern those where they are missing', () => {
    const facts = observeAll('ClusterExternalSecret');
    expect(facts).toMatchObject([
      { health: 'degraded', message: 'one or more namespaces failed' },
      {
        part: 'checkout',
        targetNamespace: 'checkout',
        title: 'Secret registry from vault',
        message: 'external secret already exists in namespace',
      },
    ]);
  });

  it('name the provider of a store, and nothing that is in it', () => {
    const store = observe('SecretStore');
    expect(store).toMatchObject({
      health: 'healthy',
      title: 'SecretStore stand-in (fake)',
      details: { of: 'store', provider: 'fake', capabilities: 'ReadWrite' },
    });
    expect(JSON.stringify(store)).not.toMatch(/hunter2|payments/);
    expect(
      observe('ClusterSecretStore', undefined, object => {
        object.status.conditions[0].message =
          'no answer from https://eso:hunter2@vault.example.com';
      }).message,
    ).toMatch(/^no answer from https:\/\/(?!.*hunter2).*vault\.example\.com$/);
    expect(observe('ClusterSecretStore')).toMatchObject({
      health: 'degraded',
      message: 'unable to log in to vault',
      targetNamespace: undefined,
    });
  });
});

describe('backup schedules', () => {
  it.each([
    [{}, {}, 'healthy'],
    [{ paused: true }, {}, 'suspended'],
    [{}, { lastBackup: undefined }, 'progressing'],
    [{}, { phase: 'New' }, 'progressing'],
    [
      {},
      { phase: 'FailedValidation', validationErrors: ['bad cron'] },
      'degraded',
    ],
  ])('with spec %j and status %j are %s', (spec, status, health) => {
    expect(
      observe('Schedule', undefined, schedule => {
        Object.assign(schedule.spec, spec);
        Object.assign(schedule.status, status);
      }),
    ).toMatchObject({ kind: 'backup', health, targetNamespace: 'orders' });
  });

  it('of several namespaces are a fact for each', () => {
    const facts = observeAll('Schedule', 'shops');
    expect(facts.map(({ part, title }) => [part, title])).toEqual([
      [undefined, 'Scheduled backups of 2 namespaces (0 3 * * *)'],
      ['orders', 'Scheduled backups of orders (0 3 * * *)'],
      ['web-shop', 'Scheduled backups of web-shop (0 3 * * *)'],
    ]);
    expect(
      observeAll('Schedule', 'shops', schedule => {
        schedule.spec.template.includedNamespaces = ['*'];
      }),
    ).toMatchObject([
      { title: 'Scheduled backups of the cluster (0 3 * * *)' },
    ]);
  });

  it('of all or of patterns are a fact of the whole, and one for each namespace that is named', () => {
    const facts = (template: object) =>
      observeAll('Schedule', 'shops', schedule => {
        schedule.spec.template = template;
      }).map(({ title, targetNamespace, shared, details }) => [
        title.replace(' (0 3 * * *)', ''),
        targetNamespace,
        shared,
        details.namespaces,
        details.excludedNamespaces,
        details.partial,
      ]);
    const all = ['Scheduled backups of the cluster', undefined, true];
    expect(facts({})).toEqual([[...all, [], undefined, undefined]]);
    expect(
      facts({ includedNamespaces: ['*'], excludedNamespaces: ['kube-*'] }),
    ).toEqual([[...all, [], ['kube-*'], undefined]]);
    expect(facts({ labelSelector: { matchLabels: { app: 'db' } } })).toEqual([
      [...all, [], undefined, true],
    ]);
    expect(facts({ includedNamespaces: ['shop-*'] })).toEqual([
      [
        ...['Scheduled backups of shop-*', undefined, true],
        ...[['shop-*'], undefined, undefined],
      ],
    ]);
    expect(
      facts({
        includedNamespaces: ['orders', 'shop-*', 'carts'],
        excludedNamespaces: ['cart*'],
      }),
    ).toEqual([
      [
        ...['Scheduled backups of 3 namespaces', undefined, true],
        ...[['carts', 'orders', 'shop-*'], ['cart*'], undefined],
      ],
      [
        ...['Scheduled backups of orders', 'orders', true],
        ...[['orders'], undefined, undefined],
      ],
    ]);
  });

  it.each([
    ['0 2 * * *', 24],
    ['*/15 * * * *', 0.25],
    ['0 1 * * 1-5', 72],
    ['30 8,20 * * *', 12],
    ['0 3 1 * *', 31 * 24],
    ['@weekly', 168],
    ['@every 6h', 6],
    ['CRON_TZ=Europe/Paris 0 2 * * *', 24],
    ['0 0 30 2 *', undefined],
    ['every night', undefined],
    ['@every often', undefined],
  ])('with %s come every %p hours at least', (schedule, hours) => {
    const { details } = observe('Schedule', undefined, object => {
      object.spec.schedule = schedule;
    });
    expect(details.intervalSeconds).toBe(hours && hours * 3600);
  });

  it('are overdue for readers with a clock when the scheduler stopped', () => {
    const { details } = observe('Schedule', undefined, schedule => {
      schedule.metadata.creationTimestamp = '2026-02-01T12:00:00Z';
    });
    const overdue = (change: object, now: string) =>
      overdueBackupSince({ ...details, ...change }, new Date(now));
    // The last one began on the 22nd at 2 o'clock.
    expect(overdue({}, '2026-02-23T07:59:00Z')).toBeUndefined();
    expect(overdue({}, '2026-02-23T08:01:00Z')).toBe(
      '2026-02-23T08:00:00.000Z',
    );
    const never = { lastBackup: undefined };
    expect(overdue(never, '2026-02-02T17:00:00Z')).toBeUndefined();
    expect(overdue(never, '2026-02-02T19:00:00Z')).toBe(
      '2026-02-02T18:00:00.000Z',
    );
    const hourly = { intervalSeconds: 3600 };
    expect(overdue(hourly, '2026-02-22T03:59:00Z')).toBeUndefined();
    expect(overdue(hourly, '2026-02-22T04:01:00Z')).toBeDefined();
    expect(
      overdue({ intervalSeconds: undefined }, '2027-01-01T00:00:00Z'),
    ).toBeUndefined();
  });

  it('means nothing when another group has the same kind', () => {
    expect(
      observe('Schedule', undefined, schedule => {
        schedule.apiVersion = 'other.example.com/v1';
      }),
    ).toBeUndefined();
  });
});

describe('backups', () => {
  it('say how the last one of a schedule ended', () => {
    expect(observe('Backup')).toMatchObject({
      health: 'degraded',
      title: 'Last backup of orders: PartiallyFailed',
      message: expect.stringMatching(/2 errors, 1 warning;/),
      targetNamespace: 'orders',
      series: { name: 'orders-daily', at: '2026-02-22T02:00:05.000Z' },
      details: {
        schedule: 'orders-daily',
        expiresAt: '2026-03-24T02:00:05.000Z',
        itemsBackedUp: 118,
      },
    });
  });

  it.each([
    [{ phase: 'InProgress' }, undefined],
    [{ phase: 'FinalizingPartiallyFailed' }, undefined],
    [{ phase: 'Completed' }, 'healthy'],
    [{ phase: 'Failed', failureReason: 'no bucket' }, 'degraded'],
  ])('with status %j are %s', (status, health) => {
    expect(
      observe('Backup', undefined, backup => {
        Object.assign(backup.status, status);
      })?.health,
    ).toBe(health);
  });

  it('made by hand follow those of the same namespaces', () => {
    expect(
      observe('Backup', undefined, backup => {
        delete backup.metadata.labels;
      }).series?.name,
    ).toBe('by hand orders');
  });

  it('have nowhere to go when their location is away', () => {
    expect(observe('BackupStorageLocation')).toMatchObject({
      health: 'degraded',
      message: expect.stringMatching(/bucket does not exist/),
      shared: true,
    });
  });
});
