import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { canonicalJson, safeHash } from '../objects/digest';
import { CANARY, DEPLOYMENT } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { queueKey, Reconciler } from '../Reconciler';
import {
  createPrimary,
  ensureServices,
  isReady,
  isStuck,
  pairOf,
  promote,
  scale,
  type CanaryPair,
} from './canaryObjects';
import { canaryStatus, type CanaryStatus } from './canaryStatus';

/** What is decided with each look at a Canary whose primary is there. */
interface Look {
  context: ControllerContext;
  canary: KubernetesObject;
  pair: Required<CanaryPair>;
  /** Of the template that the target has. */
  hash: string;
  status: CanaryStatus;
}

/**
 * Stands in for Flagger: a primary that serves, and weights for a new version, step by step, until
 * it is promoted. Nothing is measured: a metric is well unless it wants more than 100 per cent,
 * which is how a failure is tried.
 */
export function createFlaggerController(
  context: ControllerContext,
): Controller {
  const { cluster } = context;
  return new Reconciler({
    ...context,
    name: 'flagger',
    kind: CANARY,
    watches: [
      {
        kind: DEPLOYMENT,
        keys: ({ object: { metadata } }) =>
          cluster
            .list(CANARY, { namespace: metadata.namespace })
            .filter(({ spec }) =>
              [spec.targetRef.name, `${spec.targetRef.name}-primary`].includes(
                metadata.name,
              ),
            )
            .map(canary => queueKey(canary.metadata)),
      },
    ],
    reconcile: canary => reconcile(context, canary),
  });
}

function reconcile(
  context: ControllerContext,
  canary: KubernetesObject,
): number | undefined {
  const { cluster, timing } = context;
  if (canary.metadata.deletionTimestamp) {
    return undefined;
  }
  const pair = pairOf(cluster, canary);
  if (!pair) {
    return timing.retryMs;
  }
  const { target, primary } = pair;
  const status: CanaryStatus = canary.status ?? {};
  if (!primary) {
    createPrimary(cluster, canary, target);
    writeStatus(
      cluster,
      canary,
      canaryStatus(canary, { phase: 'Initializing' }),
    );
    return undefined;
  }
  const hash = safeHash(canonicalJson(target.spec.template), 10);
  const look = { context, canary, pair: { target, primary }, hash, status };
  switch (status.phase) {
    case undefined:
    case 'Initializing':
      return initialize(look);
    case 'Progressing':
      return progress(look);
    case 'Promoting':
      return finish(look, isReady(primary), { phase: 'Finalising' });
    case 'Finalising':
      scale(cluster, target, 0);
      return finish(look, true, { phase: 'Succeeded', lastPromotedSpec: hash });
    default:
      return detect(look);
  }
}

/** The traffic goes to the primary once that is there, and the target rests. */
function initialize({ context, canary, pair, hash }: Look): undefined {
  const { cluster } = context;
  if (isReady(pair.primary)) {
    ensureServices(cluster, canary, pair.target);
    scale(cluster, pair.target, 0);
    writeStatus(
      cluster,
      canary,
      canaryStatus(canary, {
        ...{ phase: 'Initialized', lastAppliedSpec: hash },
        lastPromotedSpec: hash,
      }),
    );
  }
}

/** A new version begins. */
function detect(look: Look): undefined {
  const { context, canary, pair, hash, status } = look;
  if (hash === status.lastAppliedSpec) {
    return;
  }
  scale(context.cluster, pair.target, pair.primary.spec.replicas || 1);
  writeStatus(
    context.cluster,
    canary,
    canaryStatus(canary, {
      ...{ phase: 'Progressing', lastAppliedSpec: hash },
      ...{ canaryWeight: 0, failedChecks: 0, iterations: 0 },
    }),
  );
}

function progress(look: Look): number | undefined {
  const { context, canary, pair, hash, status } = look;
  if (hash !== status.lastAppliedSpec) {
    // Another version yet: its analysis starts from the beginning.
    return detect(look);
  }
  if (isStuck(pair.target)) {
    return fail(look);
  }
  if (!isReady(pair.target)) {
    return undefined;
  }
  const waitMs = untilNextCheck(look);
  if (waitMs > 0) {
    return waitMs;
  }
  const weight = status.canaryWeight ?? 0;
  if (weight > 0 && !isWell(canary)) {
    const failedChecks = (status.failedChecks ?? 0) + 1;
    if (failedChecks >= (canary.spec.analysis?.threshold ?? 1)) {
      return fail(look, failedChecks);
    }
    write(look, { phase: 'Progressing', failedChecks });
    return intervalMs(look);
  }
  const next = weightsOf(canary).find(step => step > weight);
  if (next === undefined) {
    promote(context.cluster, pair);
    write(look, { phase: 'Promoting' });
    return undefined;
  }
  write(look, { phase: 'Progressing', canaryWeight: next });
  return intervalMs(look);
}

function fail(look: Look, failedChecks = 0): undefined {
  scale(look.context.cluster, look.pair.target, 0);
  write(look, { phase: 'Failed', canaryWeight: 0, failedChecks });
}

function finish(
  look: Look,
  isDue: boolean,
  change: Parameters<typeof canaryStatus>[1],
): undefined {
  if (isDue) {
    write(look, { ...change, canaryWeight: 0 });
  }
}

function write(
  { context, canary }: Look,
  change: Parameters<typeof canaryStatus>[1],
): void {
  writeStatus(context.cluster, canary, canaryStatus(canary, change));
}

/** The weights, as a list or as a step and a maximum. */
function weightsOf({ spec }: KubernetesObject): number[] {
  const { stepWeights, stepWeight, maxWeight = 100 } = spec.analysis ?? {};
  if (stepWeights?.length > 0) {
    return stepWeights;
  }
  const step = Math.max(1, stepWeight ?? maxWeight);
  return Array.from({ length: Math.ceil(maxWeight / step) }, (_, index) =>
    Math.min(maxWeight, (index + 1) * step),
  );
}

function isWell({ spec }: KubernetesObject): boolean {
  const metrics: Array<{ thresholdRange?: { min?: number } }> =
    spec.analysis?.metrics ?? [];
  return metrics.every(({ thresholdRange }) => !(thresholdRange?.min! > 100));
}

const UNITS: Record<string, number> = { s: 1 / 60, m: 1, h: 60 };

/** The interval of the analysis, as fast as everything is here. */
function intervalMs({ canary, context }: Look): number {
  const [, count = '1', unit = 'm'] =
    /^(\d+)([smh])$/.exec(canary.spec.analysis?.interval ?? '1m') ?? [];
  return Number(count) * UNITS[unit] * context.timing.rolloutMinuteMs;
}

function untilNextCheck(look: Look): number {
  const since = Date.parse(look.status.lastTransitionTime ?? '');
  return since + intervalMs(look) - Date.now();
}
