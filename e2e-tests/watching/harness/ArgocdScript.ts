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

const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
};
const NAMESPACE = 'argocd';
const ENVIRONMENT = 'production';
/** Argo CD keeps so many entries of the history. */
const HISTORY_LIMIT = 10;
const SYNC: Record<string, string> = {
  Synced: 'synced',
  OutOfSync: 'out-of-sync',
};

interface HistoryEntry {
  id: number;
  revision: string;
  deployedAt: string;
  deployStartedAt: string;
  source: object;
}

/** Changes Applications as Argo CD does, and remembers what became of each. */
export class ArgocdScript implements ClusterScript {
  readonly cluster: TestCluster;
  readonly kinds = [APPLICATION.kind];
  readonly factKinds = [];
  readonly component?: string;
  readonly presence = new Presence();
  readonly #applications = new Map<string, ScriptedApplication>();

  /** @param options.component - that all applications belong to; none by default */
  constructor(cluster: TestCluster, options: { component?: string } = {}) {
    this.cluster = cluster;
    this.component = options.component;
  }

  get applications(): ScriptedApplication[] {
    return [...this.#applications.values()];
  }

  /** A new application, synced for the first time. */
  create(name: string): void {
    const revision = this.#revision(name, 0);
    this.#applications.set(name, {
      ...{ kind: APPLICATION.kind, name },
      ...{ revisions: [revision], seen: 0, failures: new ScriptedFailures() },
    });
    this.cluster.objects.create({
      ...APPLICATION,
      metadata: {
        name,
        namespace: NAMESPACE,
        labels: {
          'backstage.io/kubernetes-id': this.component ?? name,
          'fairway.dev/environment': ENVIRONMENT,
        },
      },
      spec: {
        project: 'default',
        source: source(name),
        destination: {
          server: 'https://kubernetes.default.svc',
          namespace: name,
        },
      },
      status: {
        sync: { status: 'Synced', revision },
        health: { status: 'Healthy', lastTransitionTime: this.cluster.time() },
        history: [this.#entry(name, 0, revision)],
        summary: { images: [`registry.test/${name}:0`] },
      },
    });
  }

  /** A new revision was synced. */
  deploy(name: string): void {
    const application = this.#known(name);
    const id = application.revisions.length;
    const revision = this.#revision(name, id);
    application.revisions.push(revision);
    application.failures.end();
    const history: HistoryEntry[] = [
      ...this.#object(name).status.history,
      this.#entry(name, id, revision),
    ].slice(-HISTORY_LIMIT);
    this.cluster.objects.patchStatus(this.#key(name), {
      sync: { status: 'Synced', revision },
      health: { status: 'Healthy', lastTransitionTime: this.cluster.time() },
      history,
      summary: { images: [`registry.test/${name}:${id}`] },
    });
  }

  /** Its health changed; what is degraded makes its last deployment a failed one. */
  setHealth(name: string, status: 'Healthy' | 'Degraded' | 'Progressing') {
    const { revisions, failures } = this.#known(name);
    if (status === 'Degraded') {
      failures.begin(revisions[revisions.length - 1]);
    } else if (status === 'Healthy') {
      failures.end();
    } else {
      failures.hide();
    }
    this.cluster.objects.patchStatus(this.#key(name), {
      health: { status, lastTransitionTime: this.cluster.time() },
    });
  }

  /** Git has something newer, which nobody synced. */
  fallBehind(name: string): void {
    this.cluster.objects.patchStatus(this.#key(name), {
      sync: { status: 'OutOfSync', revision: this.#revision(name, -1) },
    });
  }

  delete(name: string): void {
    this.presence.gone(keyOf({ ...APPLICATION, name }));
    this.cluster.objects.delete(this.#key(name));
    this.#applications.delete(name);
  }

  markSeen(): void {
    for (const application of this.#applications.values()) {
      application.seen = application.revisions.length;
      application.failures.markSeen();
    }
    this.presence.seen(this.applications.map(keyOf));
  }

  /** One of the changes that applications go through, chosen by the number. */
  change(index: number): void {
    const names = [...this.#applications.keys()];
    const round = Math.floor(index / names.length);
    const name = names[index % names.length];
    switch ((index + round) % 5) {
      case 0:
        this.deploy(name);
        break;
      case 1:
        this.setHealth(name, 'Progressing');
        break;
      case 2:
        this.setHealth(name, 'Degraded');
        break;
      case 3:
        this.fallBehind(name);
        break;
      default:
        this.setHealth(name, 'Healthy');
    }
  }

  describeApplications(): Descriptions {
    const { component, cluster } = this;
    return new Map(
      cluster.objects
        .list(APPLICATION)
        .map(({ metadata, spec, status }): [string, object] => [
          keyOf({ ...APPLICATION, name: metadata.name }),
          {
            engine: 'argocd',
            ...{ component, environment: ENVIRONMENT, tier: 'production' },
            namespace: metadata.namespace,
            sync: SYNC[status.sync.status],
            health: status.health.status.toLowerCase(),
            revision: status.history[status.history.length - 1].revision,
            desiredRevision: status.sync.revision,
            images: status.summary.images,
            repoUrl: spec.source.repoURL,
            path: spec.source.path,
            targetRevision: spec.source.targetRevision,
            destination: spec.destination.namespace,
            conditions: [],
          },
        ]),
    );
  }

  describeFacts(): Descriptions {
    return new Map();
  }

  #known(name: string): ScriptedApplication {
    const application = this.#applications.get(name);
    if (!application) {
      throw new Error(`There is no application '${name}'`);
    }
    return application;
  }

  #key(name: string) {
    return { ...APPLICATION, namespace: NAMESPACE, name };
  }

  #object(name: string) {
    return this.cluster.objects.get(this.#key(name))!;
  }

  #revision(name: string, id: number): string {
    return createHash('sha1')
      .update(`${this.cluster.name} ${name} ${id}`)
      .digest('hex');
  }

  #entry(name: string, id: number, revision: string): HistoryEntry {
    const deployedAt = this.cluster.time();
    return {
      ...{ id, revision, deployedAt },
      deployStartedAt: deployedAt,
      source: source(name),
    };
  }
}

function source(name: string) {
  return {
    // Nobody listens there: these tests are not about Git. One, so that it is given up once.
    repoURL: 'https://127.0.0.1:1/services.git',
    path: `services/${name}`,
    targetRevision: 'main',
  };
}
