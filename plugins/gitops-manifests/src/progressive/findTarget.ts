import { InputError } from '@backstage/errors';
import { at, items, type TreeObject } from './overlayObjects';
import type { ProgressiveModel } from './ProgressiveModel';

/** What progressive delivery of a Deployment has to do with. */
export interface DeliveryTarget {
  deployment: string;
  /** Labels that its pods are selected by. */
  matchLabels: Record<string, string>;
  replicas: number;
  service?: TreeObject;
  /** What scales it: a HorizontalPodAutoscaler or a ScaledObject. */
  autoscaler?: TreeObject;
  ingress?: TreeObject;
  httpRoute?: TreeObject;
  virtualService?: TreeObject;
  /** What else selects its pods by their labels. */
  selectors: TreeObject[];
  /** What delivers it progressively already. */
  delivery?: TreeObject;
}

const named = (object: TreeObject) => object.metadata?.name ?? '';
const groupOf = (object: TreeObject) =>
  object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';

/**
 * Finds the Deployment of a service in what an overlay builds to, and what belongs to it.
 *
 * @throws InputError when it is not clear which one is meant, or it cannot run twice at a time
 */
export function findTarget(
  objects: TreeObject[],
  model: ProgressiveModel,
  overlay: string,
): DeliveryTarget {
  const instead = findRollout(objects, model);
  if (instead) {
    return {
      deployment: named(instead),
      ...{ matchLabels: {}, replicas: 0, selectors: [], delivery: instead },
    };
  }
  const deployment = findDeployment(objects, model, overlay);
  const name = named(deployment);
  const podLabels = at(deployment, 'spec', 'template', 'metadata', 'labels') as
    | Record<string, string>
    | undefined;
  const service = findService(objects, {
    wanted: model.service,
    podLabels: podLabels ?? {},
    deployment: name,
  });
  const of = (group: string, kind: string) =>
    objects.filter(object => object.kind === kind && groupOf(object) === group);
  const serviceName = service && named(service);
  return {
    deployment: name,
    matchLabels: (at(deployment, 'spec', 'selector', 'matchLabels') ??
      {}) as Record<string, string>,
    replicas: Number(at(deployment, 'spec', 'replicas') ?? 1),
    service,
    autoscaler: [
      ...of('autoscaling', 'HorizontalPodAutoscaler'),
      ...of('keda.sh', 'ScaledObject'),
    ].find(object => scales(object, name)),
    ingress: of('networking.k8s.io', 'Ingress').find(ingress =>
      mentions(ingress.spec, 'name', serviceName),
    ),
    httpRoute: of('gateway.networking.k8s.io', 'HTTPRoute').find(route =>
      mentions(route.spec, 'name', serviceName),
    ),
    virtualService: of('networking.istio.io', 'VirtualService').find(route =>
      mentions(route.spec, 'host', serviceName),
    ),
    selectors: [
      ...of('policy', 'PodDisruptionBudget'),
      ...of('networking.k8s.io', 'NetworkPolicy'),
    ].filter(object => selects(selectorOf(object), podLabels ?? {})),
    delivery: [...of('argoproj.io', 'Rollout'), ...of('flagger.app', 'Canary')]
      .filter(object => delivers(object, name))
      .shift(),
  };
}

/** A Rollout with pods of its own: there is no Deployment to be delivered. */
function findRollout(
  objects: TreeObject[],
  model: ProgressiveModel,
): TreeObject | undefined {
  const wanted = model.deployment ?? model.name;
  return objects.find(
    object =>
      object.kind === 'Rollout' &&
      named(object) === wanted &&
      at(object, 'spec', 'template') !== undefined,
  );
}

function findDeployment(
  objects: TreeObject[],
  model: ProgressiveModel,
  overlay: string,
): TreeObject {
  const all = objects.filter(object => object.kind === 'Deployment');
  const wanted = model.deployment ?? model.name;
  const found =
    all.find(object => named(object) === wanted) ??
    (model.deployment === undefined && all.length === 1 ? all[0] : undefined);
  if (!found) {
    const names = all.map(named).join(', ') || 'none';
    throw new InputError(
      `There is no Deployment "${wanted}" in "${overlay}" (those are: ${names}); name the one that is meant`,
    );
  }
  const strategy = at(found, 'spec', 'strategy', 'type');
  if (strategy === 'Recreate') {
    throw new InputError(
      `The Deployment "${named(
        found,
      )}" has the strategy Recreate: two versions of it must not run at a time, and progressive delivery runs two. Make it fit for that, and change its strategy, first`,
    );
  }
  return found;
}

function findService(
  objects: TreeObject[],
  options: {
    wanted?: string;
    podLabels: Record<string, string>;
    deployment: string;
  },
): TreeObject | undefined {
  const { wanted, podLabels, deployment } = options;
  const all = objects.filter(
    object =>
      object.kind === 'Service' &&
      selects(at(object, 'spec', 'selector'), podLabels),
  );
  const found = wanted
    ? all.find(object => named(object) === wanted)
    : all.find(object => named(object) === deployment) ?? all[0];
  if (wanted && !found) {
    throw new InputError(
      `There is no Service "${wanted}" that selects the pods of "${deployment}" (those are: ${
        all.map(named).join(', ') || 'none'
      })`,
    );
  }
  if (!wanted && all.length > 1 && found && named(found) !== deployment) {
    throw new InputError(
      `Several Services select the pods of "${deployment}": ${all
        .map(named)
        .join(', ')}; name the one whose traffic is to be shifted`,
    );
  }
  return found;
}

/** Whether labels are among those that a selector asks for; an empty one asks for nothing. */
function selects(selector: unknown, labels: Record<string, string>): boolean {
  const pairs = Object.entries((selector ?? {}) as Record<string, string>);
  return (
    pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value)
  );
}

export function selectorOf(object: TreeObject): unknown {
  const field = object.kind === 'NetworkPolicy' ? 'podSelector' : 'selector';
  return at(object, 'spec', field, 'matchLabels');
}

function scales(object: TreeObject, deployment: string): boolean {
  const kind = at(object, 'spec', 'scaleTargetRef', 'kind') ?? 'Deployment';
  return (
    kind === 'Deployment' &&
    at(object, 'spec', 'scaleTargetRef', 'name') === deployment
  );
}

function delivers(object: TreeObject, deployment: string): boolean {
  const field = object.kind === 'Rollout' ? 'workloadRef' : 'targetRef';
  return (
    at(object, 'spec', field, 'name') === deployment ||
    named(object) === deployment
  );
}

/** Whether a key has a value anywhere below. */
function mentions(value: unknown, key: string, wanted?: string): boolean {
  if (wanted === undefined || typeof value !== 'object' || value === null) {
    return false;
  }
  return Array.isArray(value)
    ? value.some(item => mentions(item, key, wanted))
    : Object.entries(value).some(
        ([name, inner]) =>
          (name === key && inner === wanted) || mentions(inner, key, wanted),
      );
}

/** The Service, which is needed where traffic is shifted. */
export function serviceOf(target: DeliveryTarget): TreeObject {
  if (!target.service) {
    throw new InputError(
      `No Service selects the pods of "${target.deployment}", so that there is no traffic to shift; use routing "none", or add a Service first`,
    );
  }
  return target.service;
}

/** Ports of a Service, which a copy of it has, too. */
export const portsOf = (service: TreeObject) =>
  items(at(service, 'spec', 'ports'));
