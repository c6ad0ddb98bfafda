import { InputError } from '@backstage/errors';
import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1';
import { serviceOf, type DeliveryTarget } from './findTarget';
import { at, items, type TreeObject } from './overlayObjects';
import type { ProgressiveModel } from './ProgressiveModel';

type Routing = NonNullable<
  NonNullable<
    NonNullable<NonNullable<IRollout['spec']>['strategy']>['canary']
  >['trafficRouting']
>;

/** A patch of a component, for one object. */
export interface ComponentPatch {
  target: { group?: string; version?: string; kind: string; name: string };
  /** Operations, or a piece of the object. */
  patch: object;
}

/** How a Rollout shifts traffic, and what that needs beside it. */
export interface TrafficRouting {
  routing?: Routing;
  patches: ComponentPatch[];
  objects: Array<{ file: string; object: TreeObject }>;
}

/** The target of a patch. */
export function targetOf(object: TreeObject): ComponentPatch['target'] {
  const [group, version] = object.apiVersion.includes('/')
    ? object.apiVersion.split('/')
    : [undefined, object.apiVersion];
  return {
    ...(group ? { group } : {}),
    version,
    kind: object.kind,
    name: object.metadata?.name ?? '',
  };
}

/**
 * The part of a Rollout that shifts traffic between the Service as it is, which is the stable
 * one, and a second one for the new version.
 *
 * @throws InputError when what carries the traffic is not in Git
 */
export function trafficRouting(
  model: ProgressiveModel,
  target: DeliveryTarget,
  canaryService: string,
): TrafficRouting {
  switch (model.routing) {
    case 'nginx':
      return nginx(target);
    case 'istio':
      return istio(target, canaryService);
    case 'gateway-api':
      return gatewayApi(target, canaryService);
    default:
      return { patches: [], objects: [] };
  }
}

function nginx(target: DeliveryTarget): TrafficRouting {
  const { name } = serviceOf(target).metadata ?? {};
  if (!target.ingress) {
    throw new InputError(
      `No Ingress in Git leads to the Service "${name}"; routing "nginx" splits its traffic, so add one first`,
    );
  }
  return {
    routing: { nginx: { stableIngress: target.ingress.metadata!.name! } },
    patches: [],
    objects: [],
  };
}

/** Where Argo Rollouts writes weights: it changes them in the cluster, step by step. */
function istio(target: DeliveryTarget, canaryService: string): TrafficRouting {
  const service = serviceOf(target).metadata!.name!;
  const virtualService = target.virtualService;
  if (!virtualService) {
    const object: TreeObject = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: service },
      spec: {
        hosts: [service],
        http: [
          {
            name: 'primary',
            route: split({ destination: { host: service } }, canaryService),
          },
        ],
      },
    };
    return {
      routing: {
        istio: { virtualService: { name: service, routes: ['primary'] } },
      },
      patches: [],
      objects: [{ file: 'virtualservice.yaml', object }],
    };
  }
  const http = items(at(virtualService, 'spec', 'http'));
  const ours = http.flatMap((rule, index) => {
    const routes = items(rule.route);
    return routes.length === 1 &&
      at(routes[0], 'destination', 'host') === service
      ? [{ index, name: rule.name, route: routes[0] }]
      : [];
  });
  const name = virtualService.metadata!.name!;
  const names = ours.map(rule => rule.name).filter(isText);
  if (ours.length === 0 || (http.length > 1 && names.length < ours.length)) {
    throw new InputError(
      `The VirtualService "${name}" must lead to the Service "${service}" alone, by routes that have a name where there are several; correct it first`,
    );
  }
  return {
    routing: {
      istio: {
        virtualService: {
          name,
          ...(names.length > 0 ? { routes: names } : {}),
        },
      },
    },
    patches: [
      {
        target: targetOf(virtualService),
        patch: ours.map(rule => ({
          op: 'replace',
          path: `/spec/http/${rule.index}/route`,
          value: split(rule.route, canaryService),
        })),
      },
    ],
    objects: [],
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** All of the traffic to what is stable, none to what is new. */
function split(route: Record<string, unknown>, canaryService: string) {
  const destination = route.destination as Record<string, unknown>;
  return [
    { ...route, weight: 100 },
    {
      ...route,
      destination: { ...destination, host: canaryService },
      weight: 0,
    },
  ];
}

function gatewayApi(
  target: DeliveryTarget,
  canaryService: string,
): TrafficRouting {
  const service = serviceOf(target).metadata!.name!;
  const route = target.httpRoute;
  if (!route) {
    throw new InputError(
      `No HTTPRoute in Git leads to the Service "${service}"; routing "gateway-api" splits its traffic, so add one first`,
    );
  }
  const name = route.metadata!.name!;
  const ours = items(at(route, 'spec', 'rules')).flatMap((rule, index) => {
    const backends = items(rule.backendRefs);
    return backends.length === 1 && backends[0].name === service
      ? [{ index, backend: backends[0] }]
      : [];
  });
  if (ours.length === 0) {
    throw new InputError(
      `The HTTPRoute "${name}" must have a rule that leads to the Service "${service}" alone; correct it first`,
    );
  }
  return {
    // The plugin takes the namespace of the Rollout, so that one component serves all.
    routing: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: name } } },
    patches: [
      {
        target: targetOf(route),
        patch: ours.map(({ index, backend }) => ({
          op: 'replace',
          path: `/spec/rules/${index}/backendRefs`,
          value: [
            { ...backend, weight: 100 },
            { ...backend, name: canaryService, weight: 0 },
          ],
        })),
      },
    ],
    objects: [],
  };
}
