import { KubernetesObject, ObjectKey } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { findCondition } from '../objects/conditions';
import { differs } from '../objects/differs';
import { canonicalJson, sha256 } from '../objects/digest';
import { keyOf, NAMESPACE } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { messageOf } from '../Reconciler';
import { ChartContent } from './chart';
import { FluxCondition, progressing, setConditions } from './fluxConditions';
import { durationMs, isRequested, requestedAt } from './fluxObjects';
import { checkHealth } from './healthCheck';
import { helmChartKey } from './helmChartTemplate';
import { Snapshot, withRelease } from './helmHistory';
import {
  describeFailure,
  describeSuccess,
  describeUninstall,
} from './helmOutcome';
import { inventoryOf, pruneInventory } from './inventory';
import { namespaceOf, releaseNameOf, renderRelease } from './renderRelease';

const FIELD_MANAGER = 'helm-controller';
const DEFAULT_TIMEOUT = '5m0s';

/**
 * An install or an upgrade of a HelmRelease: apply, wait for health, report. What failed is tried
 * again as often as `remediation.retries` says: an install is taken away before.
 *
 * STAND-IN: a failed upgrade is not rolled back.
 */
export class HelmAction {
  readonly #context: ControllerContext;
  readonly #release: KubernetesObject;
  readonly #content: ChartContent;
  readonly #key: ObjectKey;
  readonly #configDigest: string;
  #startedAt = 0;
  #objects: KubernetesObject[] = [];
  #error?: string;

  constructor(options: {
    context: ControllerContext;
    release: KubernetesObject;
    content: ChartContent;
  }) {
    const { release } = options;
    this.#context = options.context;
    this.#release = release;
    this.#content = options.content;
    this.#key = keyOf(release);
    const values = canonicalJson(release.spec.values ?? {});
    this.#configDigest = `sha256:${sha256(values)}`;
  }

  /** Whether another action would lead to the same release. */
  isSameAs(other: HelmAction): boolean {
    return (
      this.#release.metadata.uid === other.#release.metadata.uid &&
      this.#release.metadata.generation ===
        other.#release.metadata.generation &&
      this.#content.chart.version === other.#content.chart.version
    );
  }

  /** Whether what this action would release is what is released. */
  get isDeployed(): boolean {
    const latest = this.#latest;
    return (
      latest?.status === 'deployed' &&
      latest.name === releaseNameOf(this.#release) &&
      latest.namespace === namespaceOf(this.#release) &&
      latest.chartVersion === this.#content.chart.version &&
      latest.configDigest === this.#configDigest
    );
  }

  /** 0 when there is something to do now; undefined when nothing is, before a change. */
  untilDue(): number | undefined {
    const { timing } = this.#context;
    if (isRequested(this.#release)) {
      return 0;
    }
    const latest = this.#latest;
    const status = this.#release.status ?? {};
    const isSameAttempt =
      latest !== undefined &&
      ['failed', 'uninstalled'].includes(latest.status) &&
      status.lastAttemptedGeneration === this.#release.metadata.generation &&
      status.lastAttemptedRevision === this.#content.chart.version;
    if (!isSameAttempt) {
      return 0;
    }
    if ((status.failures ?? 0) > this.#retries) {
      return undefined;
    }
    const due = Date.parse(latest.lastDeployed) + timing.retryMs;
    return Math.max(0, due - Date.now());
  }

  /** Looks at what is released already, which says so for a moment, and changes nothing. */
  confirm(): void {
    const [reconciling] = progressing('Fulfilling prerequisites');
    this.#write({ set: [reconciling] });
    const { status, metadata } = this.#release;
    const before = findCondition(status?.conditions, 'Released');
    const action = this.#latest!.action;
    const released =
      before?.status === 'True'
        ? { reason: before.reason!, message: before.message! }
        : describeSuccess(action, this.#latest!);
    this.#write({
      isDone: true,
      fields: { observedGeneration: metadata.generation },
      remove: ['Reconciling', 'Stalled'],
      set: ['Ready', 'Released'].map(type => ({
        ...released,
        type,
        status: 'True',
      })),
    });
  }

  start(): void {
    this.#startedAt = Date.now();
    const action = this.#action;
    this.#write({
      fields: {
        lastAttemptedGeneration: this.#release.metadata.generation,
        lastAttemptedRevision: this.#content.chart.version,
        lastAttemptedReleaseAction: action,
        lastAttemptedConfigDigest: this.#configDigest,
      },
      remove: ['Stalled', 'Remediated'],
      set: progressing(
        `Running '${action}' action with timeout of ${this.#timeout}`,
      ),
    });
    try {
      this.#apply();
    } catch (error) {
      this.#error = messageOf(error);
    }
  }

  advance(): 'waiting' | 'done' {
    const { cluster, timing } = this.#context;
    const check = this.#error
      ? ({ phase: 'failed', cause: this.#error } as const)
      : checkHealth({
          cluster,
          keys: this.#objects.map(keyOf),
          startedAt: this.#startedAt,
          timeoutMs: Math.min(
            durationMs(this.#timeout)!,
            timing.healthTimeoutMs,
          ),
        });
    if (check.phase === 'waiting') {
      return 'waiting';
    }
    if (check.phase === 'passed') {
      this.#succeed();
    } else {
      this.#fail(check.cause!);
    }
    return 'done';
  }

  get #history(): Snapshot[] {
    return this.#release.status?.history ?? [];
  }

  get #latest(): Snapshot | undefined {
    return this.#history[0];
  }

  get #action(): 'install' | 'upgrade' {
    return this.#history.some(({ status }) =>
      ['deployed', 'superseded'].includes(status),
    )
      ? 'upgrade'
      : 'install';
  }

  get #retries(): number {
    return this.#release.spec[this.#action]?.remediation?.retries ?? 0;
  }

  get #timeout(): string {
    return this.#release.spec.timeout ?? DEFAULT_TIMEOUT;
  }

  #apply(): void {
    const { cluster } = this.#context;
    const { spec, status } = this.#release;
    const namespace = namespaceOf(this.#release);
    const isMissing = !cluster.get({ ...NAMESPACE, name: namespace });
    if (isMissing && spec.install?.createNamespace) {
      cluster.create({ ...NAMESPACE, metadata: { name: namespace } });
    }
    this.#objects = renderRelease(this.#release, this.#content);
    for (const object of this.#objects) {
      const live = cluster.get(keyOf(object));
      if (!live || differs(object, live)) {
        cluster.apply(object, FIELD_MANAGER);
      }
    }
    pruneInventory(cluster, status?.inventory, { keep: this.#objects });
  }

  #snapshot(status: 'deployed' | 'failed'): Snapshot[] {
    const { name, version, appVersion } = this.#content.chart;
    return withRelease(this.#history, {
      name: releaseNameOf(this.#release),
      namespace: namespaceOf(this.#release),
      status,
      action: this.#action,
      chartName: name,
      chartVersion: version,
      appVersion,
      configDigest: this.#configDigest,
      digest: `sha256:${sha256(canonicalJson(this.#objects))}`,
    });
  }

  #succeed(): void {
    const history = this.#snapshot('deployed');
    const success = describeSuccess(this.#action, history[0]);
    this.#write({
      isDone: true,
      fields: {
        history,
        inventory: inventoryOf(this.#objects),
        observedGeneration: this.#release.metadata.generation,
        failures: undefined,
        installFailures: undefined,
        upgradeFailures: undefined,
      },
      remove: ['Reconciling', 'Stalled'],
      set: ['Ready', 'Released'].map(type => ({
        ...success,
        type,
        status: 'True',
      })),
    });
  }

  #fail(cause: string): void {
    const { cluster } = this.#context;
    const inventory = inventoryOf(this.#objects);
    const failure = describeFailure({
      release: this.#release,
      action: this.#action,
      retries: this.#retries,
      history: this.#snapshot('failed'),
      cause,
    });
    this.#write({
      isDone: true,
      ...failure,
      fields: { ...failure.fields, inventory },
    });
    const current = cluster.get(this.#key);
    if (current && failure.isTakenAway) {
      pruneInventory(cluster, inventory);
      const { fields, set } = describeUninstall(current.status.history);
      this.#write({
        isDone: true,
        fields: { ...fields, inventory: undefined },
        set,
      });
    }
  }

  #write(change: {
    /** The end of a reconciliation: only then its request is handled. */
    isDone?: boolean;
    fields?: Record<string, unknown>;
    set: FluxCondition[];
    remove?: string[];
  }): void {
    const { cluster } = this.#context;
    const current = cluster.get(this.#key);
    if (!current || current.metadata.uid !== this.#release.metadata.uid) {
      return;
    }
    const chart = helmChartKey(this.#release);
    writeStatus(cluster, current, {
      ...current.status,
      ...change.fields,
      helmChart: `${chart.namespace}/${chart.name}`,
      storageNamespace: namespaceOf(this.#release),
      ...(change.isDone && {
        lastHandledReconcileAt: requestedAt(this.#release),
      }),
      conditions: setConditions(current.status?.conditions, {
        generation: this.#release.metadata.generation,
        set: change.set,
        remove: change.remove,
      }),
    });
  }
}
