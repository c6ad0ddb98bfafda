import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
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

function observe(
  kind: string,
  name?: string,
  change: (object: Record<string, any>) => void = () => {},
): FactObservation {
  const object = structuredClone(
    objects.find(
      item => item.kind === kind && (!name || item.metadata.name === name),
    )!,
  );
  change(object);
  return observer.observe(object, {
    cluster: 'prod-eu',
    now: new Date('2026-02-22T09:00:00Z'),
  })[0];
}

describeObserverContract({ observer, objects });

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

  it('means nothing when another group has the same kind', () => {
    expect(
      observe('Schedule', undefined, schedule => {
        schedule.apiVersion = 'other.example.com/v1';
      }),
    ).toBeUndefined();
  });
});
