import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1';
import type { IService } from 'kubernetes-models/v1';
import { posix } from 'node:path';
import type { ManifestFile } from '../objects';
import { analysisArguments, analysisTemplate } from './analysisTemplate';
import { componentFiles } from './component';
import { portsOf, serviceOf, type DeliveryTarget } from './findTarget';
import { at, type TreeObject } from './overlayObjects';
import { SYNC_OPTIONS, withSyncOption } from './syncOptions';
import type { ProgressiveModel } from './ProgressiveModel';
import {
  targetOf,
  trafficRouting,
  type ComponentPatch,
  type TrafficRouting,
} from './trafficRouting';

/**
 * Argo Rollouts adds a label to the selectors of Services. To a server-side apply a selector is
 * one value, so that each sync would take the label away.
 */
const CLIENT_SIDE = 'ServerSideApply=false';

/** Folder of the component, below that of the service. */
export const ROLLOUT_COMPONENT = 'components/rollout';

/**
 * What the Rollout of a Deployment is called. Not like the Deployment: Kustomize counts replicas
 * by name alone, and while one of them runs the pods the other must run none.
 */
export const rolloutName = (target: DeliveryTarget) =>
  `${target.deployment}-rollout`;

/** Fields of a Rollout that Kustomize must know to count replicas and to follow names. */
const rolloutField = (path: string) => ({
  group: 'argoproj.io',
  kind: 'Rollout',
  path,
});
const CONFIGURATION = {
  replicas: [{ ...rolloutField('spec/replicas'), create: true }],
  nameReference: [
    {
      kind: 'Deployment',
      fieldSpecs: [rolloutField('spec/workloadRef/name')],
    },
    {
      kind: 'Service',
      fieldSpecs: [
        rolloutField('spec/strategy/canary/stableService'),
        rolloutField('spec/strategy/canary/canaryService'),
        rolloutField('spec/strategy/blueGreen/activeService'),
        rolloutField('spec/strategy/blueGreen/previewService'),
      ],
    },
    {
      kind: 'Rollout',
      group: 'argoproj.io',
      fieldSpecs: [
        { kind: 'HorizontalPodAutoscaler', path: 'spec/scaleTargetRef/name' },
      ],
    },
  ],
};

/**
 * The component that makes a Rollout of a Deployment: the Rollout refers to the Deployment, which
 * stays where it is, so that patches and images of overlays apply as before.
 */
export function rolloutComponent(
  model: ProgressiveModel,
  target: DeliveryTarget,
  labels: Record<string, string>,
): ManifestFile[] {
  const second = secondService(model, target);
  const traffic: TrafficRouting = second
    ? trafficRouting(model, target, second.metadata!.name!)
    : { patches: [], objects: [] };
  const name = `${target.deployment}-analysis`;
  const objects: Array<{ file: string; object: TreeObject }> = [
    {
      file: 'rollout.yaml',
      object: rollout(model, target, { labels, second, traffic }) as TreeObject,
    },
    ...(model.analysis
      ? [
          {
            file: 'analysistemplate.yaml',
            object: analysisTemplate({
              ...{ name, labels, analysis: model.analysis },
              rollout: rolloutName(target),
              meshService:
                model.routing === 'istio' ? second?.metadata?.name : undefined,
            }) as TreeObject,
          },
        ]
      : []),
    ...(second ? [{ file: 'service.yaml', object: second as TreeObject }] : []),
    ...traffic.objects,
  ].map(({ file, object }) => ({
    file,
    object: { ...object, metadata: { ...object.metadata, labels } },
  }));
  return componentFiles(posix.join(model.path, ROLLOUT_COMPONENT), {
    objects,
    patches: [
      ...traffic.patches,
      ...autoscalerPatch(target),
      ...servicePatch(model, target, second),
    ],
    configuration: CONFIGURATION,
  });
}

/** A Service of the new version, a copy of the one that there is; none where pods are counted. */
function secondService(
  model: ProgressiveModel,
  target: DeliveryTarget,
): IService | undefined {
  if (model.strategy === 'canary' && model.routing === 'none') {
    return undefined;
  }
  const service = serviceOf(target);
  const suffix = model.strategy === 'canary' ? 'canary' : 'preview';
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: `${service.metadata?.name}-${suffix}`,
      ...(model.engine === 'argocd'
        ? { annotations: { [SYNC_OPTIONS]: CLIENT_SIDE } }
        : {}),
    },
    spec: {
      selector: at(service, 'spec', 'selector') as Record<string, string>,
      ports: portsOf(service).map(({ nodePort: _, ...port }) => port) as never,
    },
  };
}

function rollout(
  model: ProgressiveModel,
  target: DeliveryTarget,
  parts: {
    labels: Record<string, string>;
    second?: IService;
    traffic: TrafficRouting;
  },
): IRollout {
  const { labels, second } = parts;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: rolloutName(target), labels },
    spec: {
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 600,
      // A version that does not come up gets no traffic, and needs nobody to take it back.
      progressDeadlineAbort: true,
      workloadRef: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: target.deployment,
        // Git says how many pods the Deployment runs: a controller would fight with the engine.
        scaleDown: 'never',
      },
      strategy:
        model.strategy === 'canary'
          ? { canary: canary(model, target, { ...parts, second }) }
          : { blueGreen: blueGreen(model, target, second!) },
    },
  };
}

type Strategy = NonNullable<NonNullable<IRollout['spec']>['strategy']>;

function canary(
  model: ProgressiveModel,
  target: DeliveryTarget,
  parts: { second?: IService; traffic: TrafficRouting },
): Strategy['canary'] {
  const { second, traffic } = parts;
  return {
    maxSurge: '25%',
    maxUnavailable: 0,
    ...(second
      ? {
          stableService: serviceOf(target).metadata!.name!,
          canaryService: second.metadata!.name!,
        }
      : {}),
    ...(traffic.routing ? { trafficRouting: traffic.routing } : {}),
    steps: model.steps.flatMap(({ weight, pause }) => [
      { setWeight: weight },
      ...(pause
        ? [{ pause: pause === 'manual' ? {} : { duration: pause } }]
        : []),
      // At 100 per cent there is nothing left to decide.
      ...(model.analysis && weight < 100
        ? [{ analysis: analysisOf(target) }]
        : []),
    ]),
  };
}

function blueGreen(
  model: ProgressiveModel,
  target: DeliveryTarget,
  second: IService,
): Strategy['blueGreen'] {
  return {
    activeService: serviceOf(target).metadata!.name!,
    previewService: second.metadata!.name!,
    autoPromotionEnabled: model.promotion === 'automatic',
    // Long enough to go back at once.
    scaleDownDelaySeconds: 600,
    ...(model.analysis ? { prePromotionAnalysis: analysisOf(target) } : {}),
  };
}

function analysisOf(target: DeliveryTarget) {
  return {
    templates: [{ templateName: `${target.deployment}-analysis` }],
    args: analysisArguments(),
  };
}

/** What scaled the Deployment scales the Rollout. */
function autoscalerPatch(target: DeliveryTarget): ComponentPatch[] {
  return target.autoscaler
    ? [
        {
          target: targetOf(target.autoscaler),
          patch: [
            {
              op: 'replace',
              path: '/spec/scaleTargetRef',
              value: {
                apiVersion: 'argoproj.io/v1alpha1',
                kind: 'Rollout',
                name: rolloutName(target),
              },
            },
          ],
        },
      ]
    : [];
}

/** See {@link CLIENT_SIDE}: the Service that there is already needs it, too. */
function servicePatch(
  model: ProgressiveModel,
  target: DeliveryTarget,
  second?: IService,
): ComponentPatch[] {
  if (!second || model.engine !== 'argocd') {
    return [];
  }
  const service = serviceOf(target);
  return [
    {
      target: targetOf(service),
      patch: {
        ...{ apiVersion: 'v1', kind: 'Service' },
        metadata: {
          name: service.metadata?.name,
          annotations: {
            [SYNC_OPTIONS]: withSyncOption(service, CLIENT_SIDE),
          },
        },
      },
    },
  ];
}
