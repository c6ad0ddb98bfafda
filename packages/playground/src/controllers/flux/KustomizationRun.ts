import { KubernetesObject, ObjectKey } from '../../types';
import { whyForbidden } from '../accessReview';
import { ControllerContext } from '../ControllerContext';
import { byApplyOrder } from '../objects/applyOrder';
import { Condition } from '../objects/conditions';
import { differs } from '../objects/differs';
import { canonicalJson, sha256 } from '../objects/digest';
import { GIT_REPOSITORY, isClusterScoped, keyOf } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { messageOf } from '../Reconciler';
import { CHECKOUT, RenderError } from '../rendering';
import {
  failed,
  FluxCondition,
  progressing,
  setConditions,
} from './fluxConditions';
import {
  commitOf,
  durationMs,
  formatDuration,
  requestedAt,
} from './fluxObjects';
import { checkHealth } from './healthCheck';
import { accountOf } from './impersonation';
import { Inventory, inventoryOf, pruneInventory } from './inventory';
import { HistoryEntry, withAttempt } from './kustomizationHistory';
import { overlayOf } from './kustomizationOverlay';

const FIELD_MANAGER = 'kustomize-controller';
const DEFAULT_TIMEOUT = '5m0s';

export type RunOutcome = 'waiting' | 'succeeded' | 'failed';

/** One reconciliation of a Kustomization: build, apply, prune, wait for health, report. */
export class KustomizationRun {
  readonly revision: string;
  /** The request that it began with, and handles; a later one is a run of its own. */
  readonly request: string | undefined;
  readonly #context: ControllerContext;
  readonly #key: ObjectKey;
  readonly #kustomization: KubernetesObject;
  readonly #startedAt = Date.now();
  #applied?: { objects: KubernetesObject[]; digest: string; at: number };

  constructor(options: {
    context: ControllerContext;
    kustomization: KubernetesObject;
    revision: string;
  }) {
    const { kustomization, revision } = options;
    this.#context = options.context;
    this.#kustomization = kustomization;
    this.#key = keyOf(kustomization);
    this.revision = revision;
    this.request = requestedAt(kustomization);
  }

  isFor(kustomization: KubernetesObject, revision: string): boolean {
    const before = this.#kustomization;
    return (
      this.revision === revision &&
      before.metadata.uid === kustomization.metadata.uid &&
      before.metadata.generation === kustomization.metadata.generation
    );
  }

  /** Says that it is under way, also when it only goes over the same again. */
  announce(): void {
    this.#write({
      set: progressing(
        `Fetching manifests for revision ${this.revision} with a timeout of ${
          this.#timeout
        }`,
      ),
    });
  }

  async advance(): Promise<RunOutcome> {
    if (!this.#applied) {
      const objects = await this.#build();
      if (!objects) {
        return 'failed';
      }
      const digest = `sha256:${sha256(canonicalJson(objects))}`;
      this.#applied = { objects, digest, at: Date.now() };
      const [reconciling] = progressing(
        `Detecting drift for revision ${this.revision} with a timeout of ${
          this.#timeout
        }`,
      );
      this.#write({
        lastAttemptedRevision: this.revision,
        set: [reconciling],
      });
      const failure = this.#apply(objects);
      if (failure) {
        return this.#fail('ReconciliationFailed', failure);
      }
    }
    return this.#checkHealth(this.#applied);
  }

  get #timeout(): string {
    return this.#kustomization.spec.timeout ?? DEFAULT_TIMEOUT;
  }

  async #build(): Promise<KubernetesObject[] | undefined> {
    const { forge, cluster, renderer } = this.#context;
    const { spec, metadata } = this.#kustomization;
    const source = cluster.get({
      ...GIT_REPOSITORY,
      namespace: spec.sourceRef.namespace ?? metadata.namespace,
      name: spec.sourceRef.name,
    });
    try {
      const { objects } = await renderer.render({
        gitDirectory: forge.gitDirectory(source?.spec.url) ?? '',
        revision: commitOf(this.revision),
        path: spec.path ?? '.',
        overlay: overlayOf(spec),
        recurse: true,
      });
      return objects.map(object => this.#owned(object)).sort(byApplyOrder);
    } catch (error) {
      if (error instanceof RenderError && error.step === 'path') {
        this.#fail(
          'ArtifactFailed',
          `kustomization path not found: stat /tmp/kustomization/${spec.path}: no such file or directory`,
        );
      } else {
        const text = messageOf(error)
          .replace(/^Error: /, '')
          .replaceAll(CHECKOUT, '/tmp/kustomization');
        this.#fail('BuildFailed', `kustomize build failed: ${text}`);
      }
      return undefined;
    }
  }

  #owned(object: KubernetesObject): KubernetesObject {
    const { metadata, spec } = this.#kustomization;
    const { labels, annotations } = spec.commonMetadata ?? {};
    return {
      ...object,
      metadata: {
        ...object.metadata,
        ...(annotations && {
          annotations: { ...object.metadata.annotations, ...annotations },
        }),
        labels: {
          ...object.metadata.labels,
          ...labels,
          'kustomize.toolkit.fluxcd.io/name': metadata.name,
          'kustomize.toolkit.fluxcd.io/namespace': metadata.namespace,
        },
      },
    };
  }

  /** Applies what departs and prunes what is gone; returns why it could not. */
  #apply(objects: KubernetesObject[]): string | undefined {
    const { cluster } = this.#context;
    const account = accountOf(this.#context, this.#kustomization);
    for (const object of objects) {
      const { namespace, name } = object.metadata;
      const subject = [object.kind, namespace, name].filter(Boolean).join('/');
      if (!namespace && !isClusterScoped(object)) {
        return `${subject} namespace not specified: the server could not find the requested resource`;
      }
      const refusal = whyForbidden(cluster, account, {
        object: keyOf(object),
        verb: 'patch',
      });
      if (refusal) {
        return `${subject} dry-run failed (Forbidden): ${refusal}`;
      }
      try {
        const live = cluster.get(keyOf(object));
        if (!live || differs(object, live)) {
          cluster.apply(object, FIELD_MANAGER);
        }
      } catch (error) {
        return `${subject} dry-run failed: ${messageOf(error)}`;
      }
    }
    if (this.#kustomization.spec.prune) {
      const current = cluster.get(this.#key);
      return pruneInventory(cluster, current?.status?.inventory, {
        keep: objects,
        account,
      });
    }
    return undefined;
  }

  #checkHealth(applied: {
    objects: KubernetesObject[];
    digest: string;
    at: number;
  }): RunOutcome {
    const { spec } = this.#kustomization;
    const inventory = inventoryOf(applied.objects);
    const keys: ObjectKey[] = spec.wait
      ? applied.objects.map(keyOf)
      : spec.healthChecks ?? [];
    if (keys.length === 0) {
      return this.#succeed(inventory);
    }
    const check = checkHealth({
      cluster: this.#context.cluster,
      keys,
      startedAt: applied.at,
      timeoutMs: Math.min(
        durationMs(this.#timeout)!,
        this.#context.timing.healthTimeoutMs,
      ),
    });
    const elapsed = formatDuration(check.elapsedMs);
    if (check.phase === 'failed') {
      const message = `health check failed after ${elapsed}: ${check.cause}`;
      return this.#fail('HealthCheckFailed', message, inventory);
    }
    if (check.phase === 'passed') {
      return this.#succeed(inventory, `Health check passed in ${elapsed}`);
    }
    const message = `Running health checks for revision ${
      this.revision
    } with a timeout of ${this.#timeout}`;
    const healthy = { type: 'Healthy', reason: 'Progressing', message };
    this.#write({
      inventory,
      set: [...progressing(message), { ...healthy, status: 'Unknown' }],
    });
    return 'waiting';
  }

  #succeed(inventory: Inventory, healthMessage?: string): RunOutcome {
    const reason = 'ReconciliationSucceeded';
    const ready: FluxCondition = {
      type: 'Ready',
      status: 'True',
      reason,
      message: `Applied revision: ${this.revision}`,
    };
    this.#write({
      isDone: true,
      inventory,
      observedGeneration: this.#kustomization.metadata.generation,
      lastAppliedRevision: this.revision,
      lastAttemptedRevision: this.revision,
      history: this.#history(reason),
      remove: healthMessage ? ['Reconciling'] : ['Reconciling', 'Healthy'],
      set: healthMessage
        ? [
            ready,
            {
              type: 'Healthy',
              status: 'True',
              reason: 'Succeeded',
              message: healthMessage,
            },
          ]
        : [ready],
    });
    return 'succeeded';
  }

  #fail(reason: string, message: string, inventory?: Inventory): RunOutcome {
    const set = failed(reason, message);
    if (reason === 'HealthCheckFailed') {
      set.push({ type: 'Healthy', status: 'False', reason, message });
    }
    this.#write({
      isDone: true,
      ...(inventory && { inventory }),
      // Nothing is attempted where there is no folder.
      ...(reason !== 'ArtifactFailed' && {
        lastAttemptedRevision: this.revision,
      }),
      history: this.#applied && this.#history(reason),
      set,
    });
    return 'failed';
  }

  #history(status: string): HistoryEntry[] {
    const current = this.#context.cluster.get(this.#key);
    return withAttempt(current?.status?.history, {
      digest: this.#applied!.digest,
      status,
      durationMs: Date.now() - this.#startedAt,
      metadata: { revision: this.revision },
    });
  }

  /** Writes onto the status that is there now; undefined fields stay as they are. */
  #write(change: {
    /** The end of a reconciliation: only then its request is handled. */
    isDone?: boolean;
    set: FluxCondition[];
    remove?: string[];
    inventory?: Inventory;
    observedGeneration?: number;
    lastAppliedRevision?: string;
    lastAttemptedRevision?: string;
    history?: HistoryEntry[];
  }): void {
    const { cluster } = this.#context;
    const current = cluster.get(this.#key);
    if (!current || current.metadata.uid !== this.#kustomization.metadata.uid) {
      return;
    }
    const { set, remove, isDone, ...fields } = change;
    const known = Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined),
    );
    const before: Condition[] | undefined = current.status?.conditions;
    writeStatus(cluster, current, {
      ...current.status,
      ...known,
      ...(isDone && { lastHandledReconcileAt: this.request }),
      conditions: setConditions(before, {
        generation: this.#kustomization.metadata.generation,
        remove,
        set,
      }),
    });
  }
}
