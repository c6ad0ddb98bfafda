import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type {
  FactObservation,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { describeObserverContract } from '@fairway/plugin-gitops-node/testUtils';
import { GuardrailsObserver } from './GuardrailsObserver';

const observer = new GuardrailsObserver();
const context = { cluster: 'prod-eu', now: new Date('2026-11-22T06:00:00Z') };
const DIRECTORY = resolve(__dirname, '__fixtures__/recorded');

function readObjects(file: string): KubernetesObject[] {
  return parseAllDocuments(readFileSync(resolve(DIRECTORY, file), 'utf8')).map(
    document => document.toJS() as KubernetesObject,
  );
}

/** What is said of all objects of a file, by their names. */
function told(file: string): Array<FactObservation & { name: string }> {
  return readObjects(file).flatMap(object =>
    observer
      .observe(object, context)
      .map(fact => ({ ...fact, name: object.metadata.name })),
  );
}

function summary(file: string) {
  return told(file).map(({ name, part, health, message }) =>
    [name, part, health, message].filter(Boolean),
  );
}

describe.each(readdirSync(DIRECTORY))('objects of %s', file => {
  // A policy that works is no fact; see below.
  const objects = readObjects(file).filter(
    object => observer.observe(object, context).length > 0,
  );
  describeObserverContract({ observer, objects });
});

describe('Kyverno 1.19', () => {
  const FILE = 'kyverno-1.19.0.yaml';

  it('reports results of new and of old policies, with what they are about', () => {
    const [deployment, namespace, pod] = told(FILE);
    expect(deployment).toMatchObject({
      health: 'degraded',
      title: 'Policies of Deployment orders: 1 pass, 1 fail',
      message: "require-team-label: label 'team' is required (and 1 more)",
      subject: { group: 'apps', kind: 'Deployment', name: 'orders' },
      targetNamespace: 'orders',
      details: {
        source: 'KyvernoValidatingPolicy',
        summary: { pass: 1, fail: 1, warn: 1, skip: 1, error: 0 },
        findings: [
          { policy: 'require-team-label', severity: 'high' },
          { policy: 'require-probes', rule: 'validate-probes', result: 'warn' },
        ],
      },
    });
    expect(namespace).toMatchObject({
      health: 'healthy',
      targetNamespace: 'orders',
    });
    // An OpenReports report names its source in each result, and an empty one of its own.
    expect(pod).toMatchObject({
      health: 'degraded',
      details: { source: 'kyverno', findings: [{ result: 'error' }] },
    });
  });

  it('tells policies that guard nothing from those that are only not reported', () => {
    expect(summary(FILE).slice(3)).toEqual([
      [
        'require-owner',
        'degraded',
        expect.stringMatching(
          /^It is enforced, and nothing is reported .*missing permissions: get apps\/v1.*; grant the permissions to Kyverno's reports controller$/,
        ),
      ],
      [
        'require-probes',
        'degraded',
        'It guards nothing: Policy is not configured in the webhook.',
      ],
    ]);
  });
});

it('Gatekeeper 3.23: what it refuses has failed, what it only tells is a warning', () => {
  const all = told('gatekeeper-3.23.0.yaml');
  const overall = all.filter(({ part }) => part === undefined);
  expect(
    overall.map(({ name, health, title, details }) => [
      ...[name, health, title.split(': ')[1]],
      details.summary,
    ]),
  ).toMatchObject([
    ['must-have-team', 'degraded', '23 violations', { fail: 20, warn: 0 }],
    ['kept', 'healthy', '0 violations', { fail: 0 }],
    ['tried-out', 'healthy', '1 violation', { fail: 0, warn: 1 }],
    ['scoped-warning', 'healthy', '1 violation', { fail: 0, warn: 1 }],
    ['cannot-be-enforced', 'degraded', '0 violations', { fail: 0 }],
  ]);
  expect(overall[0].details).toMatchObject({ omittedFindings: 3 });
  expect(overall[4].message).toMatch(
    /^Gatekeeper cannot enforce it: could not cache constraint/,
  );
  expect(all.filter(({ part }) => part !== undefined)).toHaveLength(22);
});

describe('External Secrets 2.9', () => {
  const FILE = 'external-secrets-2.9.0.yaml';

  it('says which secrets are in step, and why others are not', () => {
    expect(summary(FILE)).toEqual([
      ['orders-db', 'healthy'],
      ['orders-api-key', 'degraded', 'could not get secret data from provider'],
      ['orders-copy', 'degraded', 'target is owned by another ExternalSecret'],
      [
        'orders-new',
        'unknown',
        expect.stringContaining('not synchronised yet'),
      ],
      ['orders-once', 'healthy'],
      ['registry-credentials', 'degraded', 'one or more namespaces failed'],
      [
        ...['registry-credentials', 'checkout', 'degraded'],
        'external secret already exists in namespace',
      ],
      ['vault', 'degraded', 'unable to validate store'],
      ['aws', 'healthy'],
      ['webhook', 'healthy'],
    ]);
  });

  it('names stores, keys and times, and no more', () => {
    const [db] = told(FILE);
    const stores = told(FILE).slice(-3);
    expect(db.details).toEqual({
      of: 'secret',
      store: { kind: 'ClusterSecretStore', name: 'vault' },
      target: 'orders-db-credentials',
      remoteKeys: ['payments/orders-db'],
      refreshPolicy: 'Periodic',
      refreshInterval: '1h0m0s',
      refreshTime: '2026-11-22T05:00:00.000Z',
      reason: 'SecretSynced',
    });
    expect(stores.map(({ details }) => details)).toMatchObject([
      { provider: 'vault', reason: 'InvalidProviderConfig' },
      { provider: 'aws', capabilities: 'ReadWrite', reason: 'Valid' },
      { provider: 'webhook', reason: 'ValidationUnknown' },
    ]);
    expect(JSON.stringify(stores)).not.toMatch(/vault\.example|arn:aws/);
  });
});

describe('Velero 1.18', () => {
  const FILE = 'velero-1.18.0.yaml';

  it('says what is backed up, and how it ended', () => {
    expect(summary(FILE)).toEqual([
      ['orders-daily', 'healthy'],
      ...[undefined, 'orders', 'web-shop'].map(part =>
        [
          'shops',
          part,
          'degraded',
          'invalid schedule: expected exactly 5 fields, found 2: [every night]',
        ].filter(Boolean),
      ),
      ['weekly', 'progressing', 'No backup was made yet'],
      [
        'paused',
        'suspended',
        'Backups are paused; set spec.paused to false in Git',
      ],
      ['orders-daily-20261121020011', 'healthy', '1 warning'],
      [
        'orders-daily-20261122020024',
        'degraded',
        'Not everything was saved: 2 errors, 1 warning; read them with velero backup logs',
      ],
      // The one that runs says nothing yet.
      [
        'by-hand',
        'degraded',
        "backup can't be created because backup storage location archive is currently in read-only mode",
      ],
      [
        'all-by-hand',
        'degraded',
        expect.stringMatching(
          /^Nothing was saved: error checking .*Forbidden$/,
        ),
      ],
      ['default', 'healthy'],
      ['archive', 'degraded', expect.stringContaining('NoSuchBucket')],
    ]);
  });

  it('lets the backups of a schedule follow one another', () => {
    const backups = told(FILE).filter(({ series }) => series);
    expect(backups.map(({ series }) => series)).toEqual([
      { name: 'orders-daily', at: '2026-11-21T02:00:11.000Z' },
      { name: 'orders-daily', at: '2026-11-22T02:00:24.000Z' },
      // Velero refused it before it began.
      { name: 'by hand orders', at: '2026-11-20T08:00:00.000Z' },
      { name: 'by hand ', at: '2026-11-22T02:00:24.000Z' },
    ]);
    expect(backups[1].details).toMatchObject({
      schedule: 'orders-daily',
      location: 'default',
      itemsBackedUp: 120,
      expiresAt: '2026-12-22T02:00:24.000Z',
    });
  });
});
