import { createHash } from 'node:crypto';
import type { TestCluster } from './TestCluster';

const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
};
const NAMESPACE = 'argocd';
/** Argo CD keeps so many entries of the history. */
const HISTORY_LIMIT = 10;

/** What there is to know of one application, to hold the store against. */
export interface ScriptedApplication {
  name: string;
  /** Every revision that was deployed, oldest first. */
  revisions: string[];
  /** So many of them were there when Fairway was known to have seen the application; 0: never. */
  seen: number;
}

interface HistoryEntry {
  id: number;
  revision: string;
  deployedAt: string;
  deployStartedAt: string;
  source: object;
}

/** Changes Applications as Argo CD does, and remembers what became of each. */
export class ArgocdScript {
  readonly cluster: TestCluster;
  readonly #applications = new Map<string, ScriptedApplication>();
  /** Bytes added to each object, to make them as large as real ones. */
  readonly #padding: string;

  constructor(cluster: TestCluster, options: { paddingBytes?: number } = {}) {
    this.cluster = cluster;
    this.#padding = 'x'.repeat(options.paddingBytes ?? 0);
  }

  /** What there is now. */
  get applications(): ScriptedApplication[] {
    return [...this.#applications.values()];
  }

  /** A new application, synced for the first time. */
  create(name: string): void {
    const revision = this.#revision(name, 0);
    this.#applications.set(name, { name, revisions: [revision], seen: 0 });
    this.cluster.objects.create({
      ...APPLICATION,
      metadata: {
        name,
        namespace: NAMESPACE,
        labels: {
          'backstage.io/kubernetes-id': name,
          'fairway.dev/environment': 'production',
        },
        ...(this.#padding && { annotations: { padding: this.#padding } }),
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
        health: { status: 'Healthy', lastTransitionTime: this.#now() },
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
    const history: HistoryEntry[] = [
      ...this.#object(name).status.history,
      this.#entry(name, id, revision),
    ].slice(-HISTORY_LIMIT);
    this.cluster.objects.patchStatus(this.#key(name), {
      sync: { status: 'Synced', revision },
      health: { status: 'Healthy', lastTransitionTime: this.#now() },
      history,
      summary: { images: [`registry.test/${name}:${id}`] },
    });
  }

  /** Its health changed. */
  setHealth(name: string, status: 'Healthy' | 'Degraded' | 'Progressing') {
    this.cluster.objects.patchStatus(this.#key(name), {
      health: { status, lastTransitionTime: this.#now() },
    });
  }

  /** Git has something newer, which nobody synced. */
  fallBehind(name: string): void {
    this.cluster.objects.patchStatus(this.#key(name), {
      sync: { status: 'OutOfSync', revision: this.#revision(name, -1) },
    });
  }

  delete(name: string): void {
    this.cluster.objects.delete(this.#key(name));
    this.#applications.delete(name);
  }

  /** From here on, no deployment may be missing; call it when the store equals the cluster. */
  markSeen(): void {
    for (const application of this.#applications.values()) {
      application.seen = application.revisions.length;
    }
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

  #now(): string {
    return `${this.cluster.now().toISOString().slice(0, 19)}Z`;
  }

  #revision(name: string, id: number): string {
    return createHash('sha1')
      .update(`${this.cluster.name} ${name} ${id}`)
      .digest('hex');
  }

  #entry(name: string, id: number, revision: string): HistoryEntry {
    const deployedAt = this.#now();
    return {
      ...{ id, revision, deployedAt },
      deployStartedAt: deployedAt,
      source: source(name),
    };
  }
}

function source(name: string) {
  return {
    // Nobody listens there: these tests are not about Git.
    repoURL: `https://127.0.0.1:1/${name}.git`,
    path: 'deploy',
    targetRevision: 'main',
  };
}
