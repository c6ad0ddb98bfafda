import { posix } from 'node:path';
import type { ManifestFile } from '../objects';
import { componentFiles } from './component';
import {
  portsOf,
  selectorOf,
  serviceOf,
  type DeliveryTarget,
} from './findTarget';
import { at, strings, type TreeObject } from './overlayObjects';
import { flaggerOptions, type ProgressiveModel } from './ProgressiveModel';
import { SYNC_OPTIONS, withSyncOption } from './syncOptions';
import { targetOf, type ComponentPatch } from './trafficRouting';

/** Folder of what an overlay takes on before Flagger. */
export const HANDOVER_COMPONENT = 'components/flagger-handover';
/** Folder of what takes its place. */
export const FLAGGER_COMPONENT = 'components/flagger';

const PROVIDERS = {
  istio: 'istio',
  linkerd: 'linkerd',
  'gateway-api': 'gatewayapi:v1',
  none: 'kubernetes',
  nginx: 'nginx',
};

/** What Flagger writes itself from then on: it would fight with the engine over it. */
function takenOver(
  model: ProgressiveModel,
  target: DeliveryTarget,
): TreeObject[] {
  const route = {
    istio: target.virtualService,
    'gateway-api': target.httpRoute,
    linkerd: undefined,
    none: undefined,
    nginx: undefined,
  }[model.routing];
  return [serviceOf(target), ...(route ? [route] : [])];
}

/**
 * Marks what Flagger takes over, so that the engine leaves it in the cluster when Git no longer
 * names it: traffic goes through it all the while.
 */
export function handoverComponent(
  model: ProgressiveModel,
  target: DeliveryTarget,
): ManifestFile[] {
  return componentFiles(posix.join(model.path, HANDOVER_COMPONENT), {
    objects: [],
    patches: takenOver(model, target).map(object => ({
      target: targetOf(object),
      patch: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        metadata: {
          name: object.metadata?.name,
          annotations:
            model.engine === 'argocd'
              ? {
                  [SYNC_OPTIONS]: withSyncOption(object, 'Prune=false'),
                  'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
                }
              : { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
        },
      },
    })),
  });
}

/** The Canary, without what Flagger makes itself. */
export function flaggerComponent(
  model: ProgressiveModel,
  target: DeliveryTarget,
  labels: Record<string, string>,
): ManifestFile[] {
  return componentFiles(posix.join(model.path, FLAGGER_COMPONENT), {
    objects: [{ file: 'canary.yaml', object: canary(model, target, labels) }],
    patches: [
      ...takenOver(model, target).map(object => ({
        target: targetOf(object),
        patch: {
          $patch: 'delete',
          apiVersion: object.apiVersion,
          kind: object.kind,
          metadata: { name: object.metadata?.name },
        },
      })),
      ...target.selectors.flatMap(object => selectorPatch(object, target)),
    ],
  });
}

/** Labels by which Flagger tells the pods of the primary from others, in its order. */
const FLAGGER_LABELS = ['app', 'name', 'app.kubernetes.io/name'];

/** What looks after the pods looks after those of the primary, which have a label of their own. */
function selectorPatch(
  object: TreeObject,
  target: DeliveryTarget,
): ComponentPatch[] {
  const key = FLAGGER_LABELS.find(label => label in target.matchLabels);
  const labels = selectorOf(object) as Record<string, string>;
  if (key === undefined || !(key in labels)) {
    return [];
  }
  const { [key]: value, ...others } = labels;
  const field = object.kind === 'NetworkPolicy' ? 'podSelector' : 'selector';
  return [
    {
      target: targetOf(object),
      patch: [
        {
          op: 'replace',
          path: `/spec/${field}`,
          value: {
            ...(Object.keys(others).length > 0 ? { matchLabels: others } : {}),
            matchExpressions: [
              { key, operator: 'In', values: [value, `${value}-primary`] },
            ],
          },
        },
      ],
    },
  ];
}

function canary(
  model: ProgressiveModel,
  target: DeliveryTarget,
  labels: Record<string, string>,
): TreeObject {
  const options = flaggerOptions(model);
  const { autoscaler } = target;
  return {
    apiVersion: 'flagger.app/v1beta1',
    kind: 'Canary',
    metadata: { name: target.deployment, labels },
    spec: {
      provider: PROVIDERS[model.routing],
      targetRef: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: target.deployment,
      },
      ...(autoscaler
        ? {
            autoscalerRef: {
              apiVersion: autoscaler.apiVersion,
              kind: autoscaler.kind,
              name: autoscaler.metadata?.name,
            },
          }
        : {}),
      progressDeadlineSeconds: 600,
      service: canaryService(model, target),
      analysis: {
        interval: options.interval,
        threshold: options.threshold,
        stepWeights: model.steps.map(step => step.weight),
        metrics: [
          {
            name: 'request-success-rate',
            interval: options.interval,
            thresholdRange: { min: options.successRate },
          },
          {
            name: 'request-duration',
            interval: options.interval,
            thresholdRange: { max: options.latency },
          },
        ],
        ...(options.webhooks.length > 0 ? { webhooks: options.webhooks } : {}),
      },
    },
  };
}

/** Hosts and gateways come from the route in Git, else from the model. */
function canaryService(model: ProgressiveModel, target: DeliveryTarget) {
  const options = flaggerOptions(model);
  const service = serviceOf(target);
  const [port, ...more] = portsOf(service);
  const hosts = (route: TreeObject | undefined, field: string) => {
    const found = strings(at(route, 'spec', field));
    return found.length > 0 ? found : options.hosts;
  };
  const name = service.metadata?.name;
  return {
    ...(name === target.deployment ? {} : { name }),
    port: port?.port,
    ...(port?.targetPort === undefined ? {} : { targetPort: port.targetPort }),
    ...(port?.name === undefined ? {} : { portName: port.name }),
    ...(more.length > 0 ? { portDiscovery: true } : {}),
    ...routeOf(model, target, hosts),
  };
}

function routeOf(
  model: ProgressiveModel,
  target: DeliveryTarget,
  hosts: (route: TreeObject | undefined, field: string) => string[],
): object {
  const { gateway } = flaggerOptions(model);
  switch (model.routing) {
    case 'istio': {
      const found = strings(at(target.virtualService, 'spec', 'gateways'));
      const named = gateway ? [gateway] : [];
      const gateways = found.length > 0 ? found : named;
      const names = hosts(target.virtualService, 'hosts');
      return {
        ...(gateways.length > 0 ? { gateways } : {}),
        ...(names.length > 0 ? { hosts: names } : {}),
      };
    }
    case 'gateway-api': {
      const parents = at(target.httpRoute, 'spec', 'parentRefs');
      const [namespace, name] = gateway?.split('/') ?? [];
      return {
        gatewayRefs: parents ?? [{ namespace, name }],
        hosts: hosts(target.httpRoute, 'hostnames'),
      };
    }
    default:
      return {};
  }
}

/** Whether Flagger is told by which gateway the traffic comes. */
export function hasGateway(
  model: ProgressiveModel,
  target: DeliveryTarget,
): boolean {
  return (
    model.routing !== 'gateway-api' ||
    target.httpRoute !== undefined ||
    flaggerOptions(model).gateway !== undefined
  );
}
