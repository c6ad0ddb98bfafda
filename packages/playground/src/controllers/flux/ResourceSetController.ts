import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { byApplyOrder } from '../objects/applyOrder';
import { differs } from '../objects/differs';
import { canonicalJson, sha256 } from '../objects/digest';
import { INPUT_PROVIDER, keyOf, RESOURCE_SET } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { messageOf, queueKey, Reconciler } from '../Reconciler';
import { whyForbidden } from '../accessReview';
import { FluxCondition, setConditions } from './fluxConditions';
import { requestedAt } from './fluxObjects';
import { isDisabled } from './InputProviderController';
import {
  Inventory,
  inventoryKeys,
  inventoryOf,
  pruneInventory,
} from './inventory';
import { withAttempt } from './kustomizationHistory';
import { Inputs, renderResources } from './resourceSetTemplate';

const FIELD_MANAGER = 'flux-operator';
const FINALIZER = 'fluxcd.controlplane.io/finalizer';
const OWNER = 'resourceset.fluxcd.controlplane.io';
/** What is deleted first, and waited for: these take their own objects along. */
const APPLIERS = ['kustomize.toolkit.fluxcd.io', 'helm.toolkit.fluxcd.io'];

/** Stands in for the Flux Operator's ResourceSets: objects for each set of inputs. */
export function createResourceSetController(
  context: ControllerContext,
): Controller {
  const { cluster } = context;
  return new Reconciler({
    ...context,
    name: 'flux-operator-resource-set',
    kind: RESOURCE_SET,
    watches: [
      {
        kind: INPUT_PROVIDER,
        keys: ({ object: { metadata } }) =>
          cluster
            .list(RESOURCE_SET, { namespace: metadata.namespace })
            .filter(({ spec }) =>
              (spec.inputsFrom ?? []).some(
                (from: { name?: string }) => from.name === metadata.name,
              ),
            )
            .map(set => queueKey(set.metadata)),
      },
    ],
    reconcile: set => reconcile(context, set),
  });
}

function reconcile(
  context: ControllerContext,
  set: KubernetesObject,
): number | undefined {
  const { cluster, timing } = context;
  const { metadata } = set;
  if (metadata.deletionTimestamp) {
    return uninstall(context, set);
  }
  if (isDisabled(set)) {
    return undefined;
  }
  if (!metadata.finalizers?.includes(FINALIZER)) {
    const finalizers = [...(metadata.finalizers ?? []), FINALIZER];
    cluster.patch(keyOf(set), { metadata: { finalizers } });
    return 0;
  }
  let inputs: Inputs[] = [];
  let objects: KubernetesObject[];
  try {
    inputs = inputsOf(context, set);
    objects = objectsOf(set, inputs);
  } catch (error) {
    const message = `build failed: ${messageOf(error)}`;
    report(context, set, { reason: 'BuildFailed', message, stalled: true });
    return timing.retryMs;
  }
  const outcome = apply(context, set, objects);
  if (outcome.failure) {
    const message = `reconciliation failed: ${outcome.failure}`;
    report(context, set, { reason: 'ReconciliationFailed', message });
    return timing.retryMs;
  }
  if (!outcome.isDone) {
    // Something that it deletes is still about to go.
    return timing.debounceMs;
  }
  report(context, set, {
    reason: 'ReconciliationSucceeded',
    message: 'Reconciliation finished in 1s',
    applied: { objects, inputs: inputs.length },
  });
  return timing.intervalMs;
}

/** @throws Error - when a provider is missing. */
function inputsOf(
  { cluster }: ControllerContext,
  { metadata, spec }: KubernetesObject,
): Inputs[] {
  const exported = (spec.inputsFrom ?? []).flatMap((from: { name: string }) => {
    const { namespace } = metadata;
    const provider = cluster.get({
      ...INPUT_PROVIDER,
      namespace,
      name: from.name,
    });
    if (!provider) {
      throw new Error(
        `failed to get inputs from ${namespace}/${from.name}: resourcesetinputproviders.fluxcd.controlplane.io "${from.name}" not found`,
      );
    }
    return provider.status?.exportedInputs ?? [];
  });
  return [...exported, ...(spec.inputs ?? [])];
}

function objectsOf(
  { metadata, spec }: KubernetesObject,
  inputs: Inputs[],
): KubernetesObject[] {
  const { labels, annotations } = spec.commonMetadata ?? {};
  const owner = {
    [`${OWNER}/name`]: metadata.name,
    [`${OWNER}/namespace`]: metadata.namespace!,
  };
  return inputs
    .flatMap(one => renderResources(spec.resources ?? [], one))
    .map(object => ({
      ...object,
      metadata: {
        ...object.metadata,
        labels: { ...object.metadata.labels, ...labels, ...owner },
        ...(annotations && {
          annotations: { ...object.metadata.annotations, ...annotations },
        }),
      },
    }))
    .sort(byApplyOrder);
}

function apply(
  { cluster }: ControllerContext,
  set: KubernetesObject,
  objects: KubernetesObject[],
): { failure?: string; isDone?: boolean } {
  const { metadata, spec, status } = set;
  const account = spec.serviceAccountName && {
    namespace: metadata.namespace!,
    name: spec.serviceAccountName,
  };
  for (const object of objects) {
    const subject = [
      object.kind,
      object.metadata.namespace,
      object.metadata.name,
    ]
      .filter(Boolean)
      .join('/');
    const refusal = whyForbidden(cluster, account, {
      object: keyOf(object),
      verb: 'patch',
    });
    if (refusal) {
      return { failure: `${subject} dry-run failed (Forbidden): ${refusal}` };
    }
    try {
      const live = cluster.get(keyOf(object));
      if (!live || differs(object, live)) {
        cluster.apply(object, FIELD_MANAGER);
      }
    } catch (error) {
      return { failure: `${subject} dry-run failed: ${messageOf(error)}` };
    }
  }
  const isDone = deleteStale(cluster, status?.inventory, objects);
  return { isDone };
}

/** Deletes what is not wanted any more; true when that is all gone. */
function deleteStale(
  cluster: ControllerContext['cluster'],
  inventory: Inventory | undefined,
  keep: KubernetesObject[],
): boolean {
  const appliers = {
    entries: (inventory?.entries ?? []).filter(({ id }) =>
      APPLIERS.some(group => id.includes(`_${group}_`)),
    ),
  };
  pruneInventory(cluster, appliers, { keep });
  const kept = new Set(inventoryOf(keep).entries.map(({ id }) => id));
  const left = inventoryKeys({
    entries: appliers.entries.filter(({ id }) => !kept.has(id)),
  }).some(key => cluster.get(key));
  if (left) {
    return false;
  }
  pruneInventory(cluster, inventory, { keep });
  return true;
}

function report(
  { cluster }: ControllerContext,
  set: KubernetesObject,
  outcome: {
    reason: string;
    message: string;
    stalled?: boolean;
    applied?: { objects: KubernetesObject[]; inputs: number };
  },
): void {
  const current = cluster.get(keyOf(set));
  if (!current) {
    return;
  }
  const { reason, message, stalled, applied } = outcome;
  const ready: FluxCondition = {
    type: 'Ready',
    status: applied ? 'True' : 'False',
    reason,
    message,
  };
  const digest = applied && `sha256:${sha256(canonicalJson(applied.objects))}`;
  const isNew = digest !== current.status?.lastAppliedRevision;
  writeStatus(cluster, current, {
    ...current.status,
    lastHandledReconcileAt: requestedAt(current),
    ...(applied && {
      inventory: inventoryOf(applied.objects),
      lastAppliedRevision: digest,
      ...(isNew && {
        history: withAttempt(current.status?.history, {
          digest: digest!,
          status: reason,
          durationMs: 1_000,
          metadata: {
            inputs: String(applied.inputs),
            resources: String(applied.objects.length),
          },
        }),
      }),
    }),
    conditions: setConditions(current.status?.conditions, {
      generation: current.metadata.generation,
      remove: stalled ? [] : ['Stalled'],
      set: stalled
        ? [ready, { type: 'Stalled', status: 'True', reason, message }]
        : [ready],
    }),
  });
}

function uninstall(
  { cluster, timing }: ControllerContext,
  set: KubernetesObject,
): number | undefined {
  const { finalizers = [] } = set.metadata;
  if (!finalizers.includes(FINALIZER)) {
    return undefined;
  }
  if (!isDisabled(set) && !deleteStale(cluster, set.status?.inventory, [])) {
    return timing.debounceMs;
  }
  cluster.patch(keyOf(set), {
    metadata: { finalizers: finalizers.filter(name => name !== FINALIZER) },
  });
  return undefined;
}
