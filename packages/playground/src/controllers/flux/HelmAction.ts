import { KubernetesObject, ObjectKey } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { byApplyOrder } from '../objects/applyOrder';
import { findCondition } from '../objects/conditions';
import { differs } from '../objects/differs';
import { canonicalJson, sha256 } from '../objects/digest';
import { keyOf, NAMESPACE } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { messageOf } from '../Reconciler';
import { ChartContent, mergeValues, renderChart } from './chart';
import { FluxCondition, progressing, setConditions } from './fluxConditions';
import { durationMs, isRequested, requestedAt } from './fluxObjects';
import { checkHealth } from './healthCheck';
import { describeRelease, Snapshot, withRelease } from './helmHistory';
import { inventoryOf, pruneInventory } from './inventory';

const FIELD_MANAGER = 'helm-controller';
const DEFAULT_TIMEOUT = '5m0s';

/**
 * An install or an upgrade of a HelmRelease: apply, wait for health, report. A failed
 * upgrade is tried again as often as `remediation.retries` says, but not rolled back.
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
      latest.chartVersion === this.#content.chart.version &&
      latest.configDigest === this.#configDigest &&
      this.#release.status?.observedGeneration ===
        this.#release.metadata.generation &&
      findCondition(this.#release.status?.conditions, 'Ready')?.status ===
        'True'
    );
  }

  /** 0 when there is something to do now; undefined when nothing is, before a change. */
  untilDue(): number | undefined {
    const { timing } = this.#context;
    if (isRequested(this.#release)) {
      return 0;
    }
    if (this.isDeployed) {
      return timing.intervalMs;
    }
    const latest = this.#latest;
    const status = this.#release.status ?? {};
    const isSameAttempt =
      latest?.status === 'failed' &&
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

  /** Answers a reconcile request when there is nothing to change. */
  confirm(): void {
    this.#write({ set: [] });
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
      remove: ['Stalled'],
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
    return this.#history.some(({ status }) => status !== 'failed')
      ? 'upgrade'
      : 'install';
  }

  get #retries(): number {
    return this.#release.spec[this.#action]?.remediation?.retries ?? 0;
  }

  get #timeout(): string {
    return this.#release.spec.timeout ?? DEFAULT_TIMEOUT;
  }

  get #releaseName(): string {
    const { releaseName, targetNamespace } = this.#release.spec;
    const { name } = this.#release.metadata;
    return (
      releaseName ?? (targetNamespace ? `${targetNamespace}-${name}` : name)
    );
  }

  get #namespace(): string {
    const { spec, metadata } = this.#release;
    return spec.targetNamespace ?? metadata.namespace;
  }

  #apply(): void {
    const { cluster } = this.#context;
    const { spec, metadata, status } = this.#release;
    const namespace = this.#namespace;
    const isMissing = !cluster.get({ ...NAMESPACE, name: namespace });
    if (isMissing && spec.install?.createNamespace) {
      cluster.create({ ...NAMESPACE, metadata: { name: namespace } });
    }
    this.#objects = renderChart({
      content: this.#content,
      values: mergeValues(this.#content.values, spec.values ?? {}),
      releaseName: this.#releaseName,
      namespace,
    })
      .map(object => ({
        ...object,
        metadata: {
          ...object.metadata,
          labels: {
            ...object.metadata.labels,
            'helm.toolkit.fluxcd.io/name': metadata.name,
            'helm.toolkit.fluxcd.io/namespace': metadata.namespace!,
          },
        },
      }))
      .sort(byApplyOrder);
    for (const object of this.#objects) {
      const live = cluster.get(keyOf(object));
      if (!live || differs(object, live)) {
        cluster.apply(object, FIELD_MANAGER);
      }
    }
    pruneInventory(cluster, status?.inventory, this.#objects);
  }

  #snapshot(status: 'deployed' | 'failed'): Snapshot[] {
    const { name, version, appVersion } = this.#content.chart;
    return withRelease(this.#history, {
      name: this.#releaseName,
      namespace: this.#namespace,
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
    const action = this.#action;
    const history = this.#snapshot('deployed');
    const reason =
      action === 'install' ? 'InstallSucceeded' : 'UpgradeSucceeded';
    const message = `Helm ${action} succeeded for ${describeRelease(
      history[0],
    )}`;
    const status = 'True';
    this.#write({
      fields: {
        history,
        inventory: inventoryOf(this.#objects),
        observedGeneration: this.#release.metadata.generation,
        failures: undefined,
        installFailures: undefined,
        upgradeFailures: undefined,
      },
      remove: ['Reconciling', 'Stalled'],
      set: [
        { type: 'Ready', status, reason, message },
        { type: 'Released', status, reason, message },
      ],
    });
  }

  #fail(cause: string): void {
    const action = this.#action;
    const history = this.#snapshot('failed');
    const { status: before = {}, metadata } = this.#release;
    const reason = action === 'install' ? 'InstallFailed' : 'UpgradeFailed';
    const [{ name, namespace, chartName, chartVersion }] = history;
    const message = `Helm ${action} failed for release ${namespace}/${name} with chart ${chartName}@${chartVersion}: ${cause}`;
    const counter = `${action}Failures`;
    const isSameAttempt =
      this.#latest?.status === 'failed' &&
      this.#latest.chartVersion === chartVersion &&
      this.#latest.configDigest === this.#configDigest;
    const failures = (isSameAttempt ? before.failures ?? 0 : 0) + 1;
    const isGivenUp = failures > this.#retries;
    const stalled: FluxCondition = {
      type: 'Stalled',
      status: 'True',
      reason: 'RetriesExceeded',
      message: `Failed to ${action} after ${failures} attempt(s)`,
    };
    const reconciling: FluxCondition = {
      type: 'Reconciling',
      status: 'True',
      reason: 'ProgressingWithRetry',
      message,
    };
    this.#write({
      fields: {
        history,
        inventory: inventoryOf(this.#objects),
        failures,
        [counter]: failures,
        ...(isGivenUp && { observedGeneration: metadata.generation }),
      },
      remove: [isGivenUp ? 'Reconciling' : 'Stalled'],
      set: [
        { type: 'Ready', status: 'False', reason, message },
        { type: 'Released', status: 'False', reason, message },
        isGivenUp ? stalled : reconciling,
      ],
    });
  }

  #write(change: {
    fields?: Record<string, unknown>;
    set: FluxCondition[];
    remove?: string[];
  }): void {
    const { cluster } = this.#context;
    const current = cluster.get(this.#key);
    if (!current || current.metadata.uid !== this.#release.metadata.uid) {
      return;
    }
    writeStatus(cluster, current, {
      ...current.status,
      ...change.fields,
      helmChart: `${this.#key.namespace}/${this.#key.namespace}-${
        this.#key.name
      }`,
      storageNamespace: this.#namespace,
      lastHandledReconcileAt: requestedAt(this.#release),
      conditions: setConditions(current.status?.conditions, {
        generation: this.#release.metadata.generation,
        set: change.set,
        remove: change.remove,
      }),
    });
  }
}
