import { createHash } from 'node:crypto';
import {
  keyOf,
  ScriptedFailures,
  type ClusterScript,
  type Descriptions,
  type ScriptedApplication,
} from './ClusterScript';
import { Presence } from './Presence';
import type { TestCluster } from './TestCluster';

const REPOSITORY = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
};
const KUSTOMIZATION = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
};
const NAMESPACE = 'flux-system';
const ENVIRONMENT = 'staging';
const SOURCE = 'fleet';
const BRANCH = 'main';
/** kustomize-controller keeps so many entries of the history. */
const HISTORY_LIMIT = 5;
const ATTEMPT_FAILED = 'the Deployment is invalid: spec.replicas is no number';
const FETCH_FAILED = 'failed to checkout: the repository does not answer';

interface HistoryEntry {
  digest: string;
  firstReconciled: string;
  lastReconciled: string;
  lastReconciledStatus: 'ReconciliationSucceeded' | 'ReconciliationFailed';
  totalReconciliations: number;
  metadata: { revision: string };
}

/** Changes a GitRepository and its Kustomizations as Flux does, and remembers what became of them. */
export class FluxScript implements ClusterScript {
  readonly cluster: TestCluster;
  readonly kinds = [KUSTOMIZATION.kind];
  readonly factKinds = [];
  readonly component: string;
  readonly presence = new Presence();
  readonly #applications = new Map<string, ScriptedApplication>();
  #pushes = 0;
  #lastTime = 0;

  constructor(cluster: TestCluster, options: { component: string }) {
    this.cluster = cluster;
    this.component = options.component;
    cluster.objects.create({
      ...REPOSITORY,
      metadata: { name: SOURCE, namespace: NAMESPACE },
      // Nobody listens there: these tests are not about Git.
      spec: { url: this.#url, ref: { branch: BRANCH }, interval: '1m' },
    });
    this.push();
  }

  get applications(): ScriptedApplication[] {
    return [...this.#applications.values()];
  }

  application(name: string): ScriptedApplication {
    const application = this.#applications.get(name);
    if (!application) {
      throw new Error(`There is no Kustomization '${name}'`);
    }
    return application;
  }

  /** A new Kustomization, which has applied what the source has. */
  create(name: string): void {
    this.#applications.set(name, {
      ...{ kind: KUSTOMIZATION.kind, name },
      ...{ revisions: [], seen: 0, failures: new ScriptedFailures() },
    });
    this.cluster.objects.create({
      ...KUSTOMIZATION,
      metadata: {
        name,
        namespace: NAMESPACE,
        labels: {
          'backstage.io/kubernetes-id': this.component,
          'fairway.dev/environment': ENVIRONMENT,
        },
      },
      spec: {
        path: `./deploy/${name}`,
        sourceRef: { kind: REPOSITORY.kind, name: SOURCE },
        targetNamespace: name,
        ...{ prune: true, interval: '1m' },
      },
    });
    this.apply(name);
  }

  /** The source has fetched a new commit; what follows it is out of sync until it is applied. */
  push(): void {
    this.#pushes += 1;
    this.#writeSource({ ready: true });
  }

  /** The source cannot be fetched any more. */
  breakSource(): void {
    this.#writeSource({ ready: false });
  }

  /** What the source has was applied. */
  apply(name: string): void {
    const { revisions, failures } = this.application(name);
    const revision = this.#commit;
    revisions.push(revision);
    failures.end();
    const at = this.#newTime();
    this.#writeStatus(name, {
      lastAppliedRevision: toFlux(revision),
      lastAttemptedRevision: toFlux(revision),
      conditions: [ready(at, { reason: 'ReconciliationSucceeded' })],
      history: this.#historyWith(name, {
        revision,
        ...{ at, status: 'ReconciliationSucceeded' },
      }),
    });
  }

  /** What the source has could not be applied; what runs stays. */
  fail(name: string): void {
    const { failures } = this.application(name);
    const revision = this.#commit;
    failures.begin(revision);
    const at = this.#newTime();
    this.#writeStatus(name, {
      lastAttemptedRevision: toFlux(revision),
      conditions: [
        ready(at, { reason: 'ReconciliationFailed', message: ATTEMPT_FAILED }),
      ],
      history: this.#historyWith(name, {
        revision,
        ...{ at, status: 'ReconciliationFailed' },
      }),
    });
  }

  markSeen(): void {
    for (const application of this.#applications.values()) {
      application.seen = application.revisions.length;
      application.failures.markSeen();
    }
    this.presence.seen(this.applications.map(keyOf));
  }

  describeApplications(): Descriptions {
    const [source] = this.cluster.objects.list(REPOSITORY);
    return new Map(
      this.cluster.objects
        .list(KUSTOMIZATION)
        .map((object): [string, object] => [
          keyOf({ ...KUSTOMIZATION, name: object.metadata.name }),
          {
            engine: 'flux',
            ...{ component: this.component, environment: ENVIRONMENT },
            tier: 'staging',
            namespace: NAMESPACE,
            ...describeStatus(object.status, source.status),
            images: [],
            repoUrl: source.spec.url,
            path: object.spec.path.slice(2),
            targetRevision: source.spec.ref.branch,
            destination: object.spec.targetNamespace,
          },
        ]),
    );
  }

  describeFacts(): Descriptions {
    return new Map();
  }

  get #url(): string {
    return `https://127.0.0.1:1/${this.component}-fleet.git`;
  }

  get #commit(): string {
    return createHash('sha1')
      .update(`${this.cluster.name} ${this.#pushes}`)
      .digest('hex');
  }

  #key(name: string) {
    return { ...KUSTOMIZATION, namespace: NAMESPACE, name };
  }

  #writeSource(options: { ready: boolean }): void {
    const at = this.cluster.time();
    this.cluster.objects.patchStatus(
      { ...REPOSITORY, namespace: NAMESPACE, name: SOURCE },
      {
        observedGeneration: 1,
        artifact: { revision: toFlux(this.#commit), lastUpdateTime: at },
        conditions: [
          options.ready
            ? ready(at, { reason: 'Succeeded' })
            : ready(at, {
                reason: 'GitOperationFailed',
                message: FETCH_FAILED,
              }),
        ],
      },
    );
  }

  #writeStatus(name: string, status: object): void {
    this.cluster.objects.patchStatus(this.#key(name), {
      observedGeneration: 1,
      ...status,
    });
  }

  /** Newest first; an entry in force was reconciled last when the next one was. */
  #historyWith(
    name: string,
    entry: {
      revision: string;
      at: string;
      status: HistoryEntry['lastReconciledStatus'];
    },
  ): HistoryEntry[] {
    const { revision, at, status } = entry;
    const before: HistoryEntry[] =
      this.cluster.objects.get(this.#key(name))?.status?.history ?? [];
    return [
      {
        digest: `sha256:${createHash('sha256').update(revision).digest('hex')}`,
        ...{ firstReconciled: at, lastReconciled: at },
        lastReconciledStatus: status,
        totalReconciliations: 1,
        metadata: { revision: toFlux(revision) },
      },
      ...before,
    ].slice(0, HISTORY_LIMIT);
  }

  /** Unlike all before it: no two reconciliations of one object end in the same second. */
  #newTime(): string {
    this.#lastTime = Math.max(
      Math.floor(this.cluster.now().getTime() / 1000),
      this.#lastTime + 1,
    );
    return `${new Date(this.#lastTime * 1000).toISOString().slice(0, 19)}Z`;
  }
}

function toFlux(commit: string): string {
  return `${BRANCH}@sha1:${commit}`;
}

function fromFlux(revision: string): string {
  return revision.slice(`${BRANCH}@sha1:`.length);
}

function ready(at: string, options: { reason: string; message?: string }) {
  const { reason, message } = options;
  return {
    type: 'Ready',
    ...{ status: message ? 'False' : 'True', reason },
    message: message ?? 'as it should be',
    lastTransitionTime: at,
    observedGeneration: 1,
  };
}

/** What the status of a Kustomization and that of its source mean together. */
function describeStatus(
  status: Record<string, any>,
  source: Record<string, any>,
) {
  const revision = fromFlux(status.lastAppliedRevision);
  const desiredRevision = fromFlux(source.artifact.revision);
  const [own] = status.conditions;
  const [its] = source.conditions;
  const isFetched = its.status === 'True';
  const sync = isFetched ? 'synced' : 'unknown';
  return {
    sync: revision === desiredRevision ? sync : 'out-of-sync',
    health: own.status === 'True' ? 'healthy' : 'degraded',
    ...{ revision, desiredRevision },
    conditions: [
      ...(own.status === 'True' ? [] : [own.message]),
      ...(isFetched
        ? []
        : [`GitRepository ${NAMESPACE}/${SOURCE}: ${its.message}`]),
    ],
  };
}
