import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  mockServices,
  type TestDatabases,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import type {
  Application,
  ApplicationSource,
  Deployment,
  EnvironmentTier,
} from '@fairway/plugin-gitops-common';
import {
  DatabaseGitopsStore,
  deploymentId,
  type StoredApplication,
} from '../../store';
import { AttributionWorker, type AttributedChange } from '../AttributionWorker';
import { GitHistory } from '../GitHistory';
import type { CodeLocator } from '../SourceHistory';
import { GitForge } from './GitForge';

/** An application of a test. */
export interface TestApplication {
  id: string;
  repoUrl: string;
  path: string;
  /** Where people write, when the engine renders that into the repository above. */
  dry?: { repoUrl: string; path: string };
  tier?: EnvironmentTier;
  entityRef?: string;
  type?: ApplicationSource['type'];
  /** Since when it is degraded, an ISO time; absent: it is healthy. */
  degradedSince?: string;
}

/** A deployment as the recorder writes it. */
export interface TestDeployment {
  key: string;
  revision: string;
  finishedAt: string;
  outcome?: Deployment['outcome'];
  notCountedReason?: Deployment['notCountedReason'];
  /** The commit that the engine says it was built or rendered from. */
  originRevision?: string;
  changed?: true;
  images?: string[];
}

function storedApplication({
  id,
  repoUrl,
  path: folder,
  dry,
  type,
  tier = 'production',
  entityRef = 'component:default/orders',
  degradedSince,
}: TestApplication): StoredApplication {
  const application: Application = {
    id,
    engine: 'argocd',
    ref: {
      cluster: 'eu',
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      namespace: 'argocd',
      name: id,
    },
    entityRef,
    environment: tier,
    tier,
    sync: 'synced',
    syncSince: '2026-05-01T00:00:00.000Z',
    health: degradedSince ? 'degraded' : 'healthy',
    healthSince: degradedSince ?? '2026-05-01T00:00:00.000Z',
    policy: { automated: true, prune: true, selfHeal: true },
    phase: 4,
    suspended: false,
    source: { repoUrl, path: folder, targetRevision: 'main', type },
    drySource: dry,
    destination: {},
    images: [],
    resources: [],
    conditions: [],
    externalUrls: [],
    commands: [],
    observedAt: '2026-05-01T00:00:00.000Z',
  };
  return {
    application,
    observation: {
      ...application,
      type: 'application',
      labels: {},
    },
    fingerprint: 'one',
    firstSeenAt: '2026-05-01T00:00:00.000Z',
    origin: {
      cluster: 'eu',
      resource: 'argocd:argoproj.io/applications',
      object: `argocd/${id}`,
    },
  };
}

/** Looks again and again until a condition holds; the test's own timeout ends it. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  while (!(await condition())) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** A worker with a real store, real Git and a real forge. */
export class WorkerHarness {
  readonly logger = mockServices.logger.mock();
  readonly changes: AttributedChange[] = [];
  readonly #directory = mkdtempSync(path.join(os.tmpdir(), 'clones-'));
  readonly #worker: AttributionWorker;
  now = Date.parse('2026-05-15T00:00:00Z');

  private constructor(
    readonly forge: GitForge,
    readonly store: DatabaseGitopsStore,
    locateCode?: CodeLocator,
  ) {
    this.#worker = new AttributionWorker({
      store,
      history: new GitHistory({
        directory: this.#directory,
        integrations: forge.integrations,
        now: () => this.now,
      }),
      logger: this.logger,
      backfillDays: 90,
      locateCode,
      now: () => new Date(this.now),
      onChanged: change => this.changes.push(change),
    });
  }

  static async create(options: {
    databases: TestDatabases;
    databaseId?: TestDatabaseId;
    locateCode?: CodeLocator;
  }): Promise<WorkerHarness> {
    const knex = await options.databases.init(options.databaseId ?? 'SQLITE_3');
    const store = await DatabaseGitopsStore.create({
      database: mockServices.database({ knex }),
    });
    return new WorkerHarness(await GitForge.start(), store, options.locateCode);
  }

  /** Writes what the recorder would. */
  async observe(
    application: TestApplication,
    deployments: readonly TestDeployment[],
  ): Promise<void> {
    const stored = storedApplication(application);
    const runs = deployments.at(-1);
    stored.application.revision = runs?.revision;
    stored.application.originRevision = runs?.originRevision;
    const { id, ref, entityRef, tier, source, drySource } = stored.application;
    await this.store.applyApplicationChange({
      stored,
      failures: [],
      deployments: deployments.map(one => ({
        key: one.key,
        from: { ...source, dry: drySource },
        applicationId: id,
        applicationName: ref.name,
        entityRef,
        environment: tier,
        tier,
        engine: 'argocd',
        cluster: ref.cluster,
        source: 'observed',
        kind: 'configuration',
        rework: false,
        counted: one.notCountedReason === undefined && tier === 'production',
        notCountedReason:
          one.notCountedReason ??
          (tier === 'production' ? undefined : 'not-production'),
        revision: one.revision,
        originRevision: one.originRevision,
        changed: one.changed,
        images: one.images ?? [],
        finishedAt: one.finishedAt,
        outcome: one.outcome ?? 'succeeded',
      })),
    });
  }

  /** Works until nothing is due. */
  async work(): Promise<void> {
    this.#worker.start();
    this.#worker.wake();
    await waitUntil(async () => !(await this.#isDue()));
  }

  async #isDue(): Promise<boolean> {
    const [applications, deployments] = await Promise.all([
      this.store.applicationsToBackfill(1),
      this.store.deploymentsToAttribute(1),
    ]);
    return applications.length + deployments.length > 0;
  }

  /** What is stored of an application, oldest first. */
  async deployments(applicationId: string): Promise<Deployment[]> {
    const { items } = await this.store.listDeployments({
      applicationId: [applicationId],
      limit: 500,
    });
    return items.reverse();
  }

  async deployment(applicationId: string, key: string): Promise<Deployment> {
    const found = await this.store.getDeployment(
      deploymentId(applicationId, key),
    );
    return found!;
  }

  async stop(): Promise<void> {
    await this.#worker.stop();
    await this.forge.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
