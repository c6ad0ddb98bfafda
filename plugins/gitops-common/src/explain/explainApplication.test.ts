import type { Application, ClusterStatus, Fact } from '../model';
import type { ExplanationContext } from './ApplicationExplanation';
import { explainApplication } from './explainApplication';

const SHA_1 = '1'.repeat(40);
const SHA_2 = '2'.repeat(40);
const SINCE = '2026-01-02T03:04:05.000Z';

function application(fields: Partial<Application> = {}): Application {
  return {
    id: 'a',
    engine: 'argocd',
    ref: {
      ...{ cluster: 'eu-1', namespace: 'argocd', name: 'orders' },
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
    },
    environment: 'production',
    ...{ sync: 'synced', syncSince: SINCE },
    ...{ health: 'healthy', healthSince: SINCE },
    policy: { automated: true, prune: true, selfHeal: true },
    phase: 4,
    suspended: false,
    source: {},
    destination: { namespace: 'orders' },
    ...{ revision: SHA_1, desiredRevision: SHA_1 },
    ...{ images: [], resources: [], conditions: [], externalUrls: [] },
    commands: ['sync', 'refresh'],
    observedAt: SINCE,
    ...fields,
  };
}

function object(fields: Partial<Application['resources'][number]>) {
  return {
    ...{ group: 'apps', version: 'v1', kind: 'Deployment' },
    ...{ namespace: 'orders', name: 'orders' },
    ...fields,
  };
}

function explain(
  fields: Partial<Application>,
  context: Partial<ExplanationContext> = {},
) {
  return explainApplication(application(fields), {
    ...{ facts: [], clusters: [] },
    ...context,
  });
}

function told(...of: Parameters<typeof explain>): string[] {
  return explain(...of).findings.map(
    ({ kind, message, advice }) =>
      `${kind}: ${message}${advice ? ` -> ${advice}` : ''}`,
  );
}

describe('explainApplication', () => {
  it('has nothing to say when nothing is wrong', () => {
    expect(explain({})).toEqual({
      summary: 'Application orders is synced and healthy; nothing is wrong.',
      findings: [],
    });
  });

  it('tells what differs, and that nobody applies it without being asked', () => {
    const explanation = explain({
      sync: 'out-of-sync',
      desiredRevision: SHA_2,
      policy: { automated: false, prune: false, selfHeal: false },
      resources: [
        object({ sync: 'out-of-sync' }),
        object({ sync: 'out-of-sync', kind: 'Secret', namespace: 'shared' }),
        object({
          ...{ sync: 'out-of-sync', kind: 'ConfigMap', name: 'old' },
          requiresPruning: true,
        }),
        object({ sync: 'synced', kind: 'Service' }),
      ],
    });
    expect(explanation.summary).toBe(
      'Application orders is out of sync and healthy.',
    );
    expect(explanation.findings).toEqual([
      {
        kind: 'drift',
        severity: 'warning',
        message:
          'It runs 1111111, and 2222222 should run. 2 objects differ from Git: Deployment orders and Secret orders in shared. 1 object left Git and still runs: ConfigMap old.',
        since: SINCE,
      },
      {
        kind: 'policy',
        severity: 'info',
        message:
          'Its sync policy is manual, so Argo CD waits until somebody syncs it.',
        advice: 'Sync it when the change should go out.',
      },
    ]);
  });

  it.each<[string, Partial<Application>, RegExp]>([
    [
      'deletes nothing',
      {
        policy: { automated: true, prune: false, selfHeal: true },
        resources: [object({ sync: 'out-of-sync', requiresPruning: true })],
      },
      /policy deletes nothing.*Sync it with pruning/,
    ],
    [
      'does not revert what somebody changed',
      {
        policy: { automated: true, prune: true, selfHeal: false },
        resources: [object({ sync: 'out-of-sync' })],
      },
      /somebody changed the cluster.*bring the change into Git/,
    ],
  ])('tells that the policy %s', (_, fields, words) => {
    const [drift, policy, ...rest] = told({ sync: 'out-of-sync', ...fields });
    expect(drift).toMatch(/^drift: 1 object/);
    expect(policy).toMatch(words);
    expect(rest).toEqual([]);
  });

  it('tells why a sync would be refused now', () => {
    expect(
      told(
        { sync: 'out-of-sync', desiredRevision: SHA_2 },
        { syncRefusal: 'Project shop forbids a sync until Monday 08:00' },
      )[1],
    ).toBe('sync-window: Project shop forbids a sync until Monday 08:00.');
  });

  it('tells why its engine does not sync it by itself now, and that people may', () => {
    const hold = 'Project shop keeps Argo CD from it until Monday 08:00';
    const behind = { sync: 'out-of-sync', desiredRevision: SHA_2 } as const;
    const message = `sync-window: ${hold}. -> Sync it when that cannot wait; people may.`;
    expect(told(behind, { hold })[1]).toBe(message);
    // What keeps people from it keeps the engine from it, too.
    expect(told(behind, { hold, syncRefusal: 'No syncs today' })[1]).toBe(
      'sync-window: No syncs today.',
    );
    const policy = { automated: false, prune: false, selfHeal: false };
    expect(told({ ...behind, policy }, { hold })[1]).toMatch(/is manual/);
  });

  it('tells that its engine has given a revision up', () => {
    const failed: Partial<Application> = {
      ...{ sync: 'out-of-sync', desiredRevision: SHA_2 },
      operation: { phase: 'failed', revision: SHA_2, retryCount: 5 },
    };
    expect(told(failed)).toContain(
      'policy: Argo CD does not try 2222222 again by itself, because its sync failed and was retried 5 times. -> Correct the cause in Git, because a new commit is tried by itself; sync it when the cause lay elsewhere.',
    );
    const isGivenUp = (fields: Partial<Application>) =>
      told({ ...failed, ...fields }).some(text => /again by itself/.test(text));
    expect(isGivenUp({ engine: 'flux' })).toBe(false);
    expect(isGivenUp({ desiredRevision: SHA_1 })).toBe(false);
  });

  it('puts what cannot be seen, a suspension and the causes before their effects', () => {
    const clusters = [
      { name: 'eu-1', message: 'Connection refused; see that it runs' },
    ] as ClusterStatus[];
    expect(
      told(
        {
          engine: 'flux',
          staleSince: SINCE,
          suspended: true,
          commands: ['resume'],
          sync: 'unknown',
          health: 'degraded',
          healthMessage: 'failed to fetch: authentication required',
          conditions: [
            {
              type: 'ArtifactFailed',
              message: 'failed to fetch: authentication required',
            },
            { type: 'DependencyNotReady', message: 'infra is not ready' },
          ],
        },
        {
          clusters,
          dependencies: [
            application({
              ref: { ...application().ref, kind: 'Kustomization', name: 'db' },
              health: 'progressing',
              healthMessage: 'Waiting for StatefulSet db',
            }),
            application(),
          ],
        },
      ),
    ).toEqual([
      `stale: Cluster eu-1 cannot be seen, so all of this was true at ${SINCE}. -> Connection refused; see that it runs.`,
      'suspended: Flux does not reconcile it, because it is suspended. -> Resume it; what was committed meanwhile is applied then.',
      expect.stringMatching(
        /^source: Its manifests cannot be had \(ArtifactFailed\): failed to fetch: authentication required\. -> Renew or grant the credential/,
      ),
      'dependency: It waits for what it depends on: infra is not ready. -> Repair the dependency; this one follows by itself.',
      'dependency: It depends on Kustomization db, which is progressing: Waiting for StatefulSet db. -> Look at Kustomization db first.',
      'drift: Whether it is synced is not known; Flux has not compared it.',
    ]);
  });

  it('tells a failed sync and the objects in trouble, each message once', () => {
    const message = 'Deployment.apps "orders" is invalid: spec.selector';
    const explanation = explain({
      sync: 'out-of-sync',
      health: 'degraded',
      healthMessage: 'Deployment orders: ImagePullBackOff',
      operation: { phase: 'failed', revision: SHA_1, message },
      conditions: [
        { type: 'SyncError', message },
        { type: 'OrphanedResourceWarning', message: '2 orphaned resources' },
      ],
      resources: [
        object({
          ...{ sync: 'synced', health: 'degraded' },
          message: 'ImagePullBackOff ghcr.io/acme/orders:9',
        }),
        ...Array.from({ length: 7 }, (_, index) =>
          object({ kind: 'Job', name: `job-${index}`, health: 'missing' }),
        ),
      ],
    });
    expect(explanation.summary).toBe(
      'Application orders is out of sync and degraded; 7 things are wrong.',
    );
    expect(explanation.findings.map(({ message: text }) => text)).toEqual([
      `The last sync of 1111111 failed: ${message}.`,
      'Deployment orders is degraded: ImagePullBackOff ghcr.io/acme/orders:9.',
      ...[0, 1, 2, 3].map(index => `Job job-${index} is missing.`),
      '3 more objects in trouble: Job job-4, Job job-5 and Job job-6.',
      'What runs is not what Git says, and the engine does not say what differs.',
      'Argo CD does not try 1111111 again by itself, because its sync failed.',
      'OrphanedResourceWarning: 2 orphaned resources.',
    ]);
    expect(explanation.findings[0].advice).toMatch(/Correct the manifest/);
    expect(explanation.findings[1].advice).toMatch(/image exists/);
    expect(explanation.findings[2].advice).toBe('A sync creates it.');
  });

  it('takes a failure at another revision for what it is: the past', () => {
    const operation = {
      ...{ phase: 'failed' as const, revision: SHA_2 },
      message: 'field is immutable',
    };
    expect(explain({ operation }).findings).toEqual([]);
    expect(
      explain({ operation, sync: 'out-of-sync' }).findings[0],
    ).toMatchObject({
      severity: 'warning',
      message: 'The last sync of 2222222 failed: field is immutable.',
    });
    expect(
      explain({ operation, desiredRevision: SHA_2 }).findings[0],
    ).toMatchObject({ severity: 'error' });
  });

  it('tells of a sync that runs, and of health without a reason', () => {
    expect(
      told({
        health: 'unknown',
        operation: { phase: 'running', message: 'waiting for hooks' },
      }),
    ).toEqual([
      'operation: Argo CD works on a sync: waiting for hooks. -> Wait until it ends; terminate it when it hangs.',
      'object: It is unknown, and Argo CD gives no reason.',
    ]);
  });

  it('leaves out how a dry run ended, which says nothing of what runs', () => {
    const dryRun = { dryRun: true, message: 'field is immutable' } as const;
    expect(explain({ operation: { phase: 'failed', ...dryRun } })).toEqual({
      summary: 'Application orders is synced and healthy; nothing is wrong.',
      findings: [],
    });
    expect(told({ operation: { phase: 'running', ...dryRun } })).toEqual([
      expect.stringContaining('Argo CD works on a dry run: field is immutable'),
    ]);
  });

  it('adds the troubles of the service in the same environment', () => {
    const fact = (fields: Partial<Fact>) =>
      ({
        kind: 'secret',
        title: 'database',
        health: 'degraded',
        ...fields,
      } as Fact);
    expect(
      told(
        {},
        {
          facts: [
            fact({ environment: 'production', message: 'SecretSyncedError' }),
            fact({ environment: 'dev', title: 'of dev' }),
            fact({ health: 'healthy', title: 'well' }),
            fact({ kind: 'project', title: 'a project' }),
          ],
        },
      ),
    ).toEqual(['fact: database: SecretSyncedError.']);
  });
});
