import {
  keyOf,
  type ClusterScript,
  type Descriptions,
  type ScriptedApplication,
} from './ClusterScript';
import { Presence } from './Presence';
import type { TestCluster } from './TestCluster';

const ROLLOUT = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' };
const SECRET = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' };
const STORE = 'vault';
const ABORTED = 'RolloutAborted: metric "success-rate" assessed Failed';
const UNREADABLE = 'could not get secret data from provider';

/** One rollout, and secrets, in the namespace of an application; changed as their controllers do. */
export class FactScript implements ClusterScript {
  readonly cluster: TestCluster;
  readonly kinds = [];
  readonly factKinds = [ROLLOUT.kind, SECRET.kind];
  readonly component: string;
  readonly presence = new Presence();
  readonly applications = [];
  readonly #owner: ScriptedApplication;
  readonly #environment: string;

  /**
   * @param options.owner - the application that deploys to the namespace of its name; an aborted
   *   rollout there is a failure of its last deployment
   */
  constructor(
    cluster: TestCluster,
    options: {
      component: string;
      owner: ScriptedApplication;
      environment: string;
    },
  ) {
    this.cluster = cluster;
    this.component = options.component;
    this.#owner = options.owner;
    this.#environment = options.environment;
    cluster.objects.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: this.#namespace },
    });
    cluster.objects.create({
      ...ROLLOUT,
      metadata: this.#metadata('canary'),
      spec: {
        strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
      },
    });
    this.promote();
    for (const name of ['database', 'queue']) {
      cluster.objects.create({
        ...SECRET,
        metadata: this.#metadata(name),
        spec: {
          refreshInterval: '1h',
          secretStoreRef: { kind: 'ClusterSecretStore', name: STORE },
          data: [{ secretKey: 'url', remoteRef: { key: `shop/${name}` } }],
        },
      });
      this.refresh(name);
    }
  }

  /** The new version has all the traffic. */
  promote(): void {
    this.#owner.failures.end();
    this.#writeRollout({
      ...{ phase: 'Healthy', stableRS: 'new', message: null },
      ...{ abort: null, abortedAt: null },
    });
  }

  /** The new version did not do, and the old one has the traffic. */
  abort(): void {
    const { revisions, failures } = this.#owner;
    failures.begin(revisions[revisions.length - 1]);
    this.#writeRollout({
      ...{ phase: 'Degraded', stableRS: 'old', message: ABORTED },
      ...{ abort: true, abortedAt: this.cluster.time() },
    });
  }

  /** A secret was read. */
  refresh(name: string): void {
    this.#writeSecret(name, { status: 'True', reason: 'SecretSynced' });
  }

  /** A secret could not be read. */
  lose(name: string): void {
    this.#writeSecret(name, {
      ...{ status: 'False', reason: 'SecretSyncedError' },
      message: UNREADABLE,
    });
  }

  markSeen(): void {
    // The owner's script marks the failures.
    this.presence.seen(this.describeFacts().keys());
  }

  describeApplications(): Descriptions {
    return new Map();
  }

  describeFacts(): Descriptions {
    const common = {
      component: this.component,
      environment: this.#environment,
      namespace: this.#namespace,
    };
    const rollouts = this.cluster.objects.list(ROLLOUT).map(object => ({
      object,
      means: {
        ...{ ...common, kind: 'rollout' },
        ...describeRollout(object.status!),
      },
    }));
    const secrets = this.cluster.objects.list(SECRET).map(object => ({
      object,
      means: {
        ...{ ...common, kind: 'secret' },
        ...describeSecret(object.status!),
      },
    }));
    return new Map(
      [...rollouts, ...secrets].map(({ object, means }) => [
        keyOf({ kind: object.kind, name: object.metadata.name }),
        means,
      ]),
    );
  }

  get #namespace(): string {
    return this.#owner.name;
  }

  #metadata(name: string) {
    return {
      ...{ name, namespace: this.#namespace },
      labels: { 'backstage.io/kubernetes-id': this.component },
    };
  }

  #writeRollout(status: object): void {
    this.cluster.objects.patchStatus(
      { ...ROLLOUT, namespace: this.#namespace, name: 'canary' },
      {
        ...{ observedGeneration: '1', currentPodHash: 'new' },
        ...{ replicas: 2, updatedReplicas: 1 },
        ...status,
      },
    );
  }

  #writeSecret(name: string, ready: object): void {
    const at = this.cluster.time();
    this.cluster.objects.patchStatus(
      { ...SECRET, namespace: this.#namespace, name },
      {
        refreshTime: at,
        conditions: [
          { type: 'Ready', lastTransitionTime: at, message: '', ...ready },
        ],
      },
    );
  }
}

/** A time of Kubernetes as the API writes it. */
function isoTime(time: string): string {
  return new Date(time).toISOString();
}

function describeRollout(status: Record<string, any>) {
  const health: Record<string, string> = {
    Healthy: 'healthy',
    Degraded: 'degraded',
  };
  return {
    health: health[status.phase],
    phase: status.phase,
    aborted: status.abort,
    weight: status.stableRS === 'new' ? 100 : 50,
  };
}

function describeSecret(status: Record<string, any>) {
  const [ready] = status.conditions;
  return {
    health: ready.status === 'True' ? 'healthy' : 'degraded',
    reason: ready.reason,
    message: ready.message || undefined,
    refreshTime: isoTime(status.refreshTime),
  };
}
