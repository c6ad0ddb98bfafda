import { InputError } from '@backstage/errors';
import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { YamlText, type ManifestChange, type ManifestTree } from '../edit';
import { serviceLabels } from '../labels';
import type { ManifestFile } from '../objects';
import { deliveryNotes } from './deliveryNotes';
import { findTarget, type DeliveryTarget } from './findTarget';
import {
  flaggerComponent,
  FLAGGER_COMPONENT,
  handoverComponent,
  HANDOVER_COMPONENT,
  hasGateway,
} from './flaggerComponent';
import {
  at,
  items,
  kustomizationFile,
  overlayObjects,
  strings,
} from './overlayObjects';
import type { ProgressiveModel } from './ProgressiveModel';
import {
  rolloutComponent,
  ROLLOUT_COMPONENT,
  rolloutName,
} from './rolloutComponent';

/** What progressive delivery changes of a tree. @public */
export interface ProgressiveDelivery {
  changes: ManifestChange[];
  /** What there is to know about it, for the pull request. */
  notes: string[];
}

/** An overlay that is to be converted. */
interface Overlay {
  folder: string;
  target: DeliveryTarget;
}

/**
 * Makes a service be delivered step by step, in chosen environments, in two phases that are a pull
 * request each, so that nothing is ever without pods or traffic.
 *
 * @remarks
 * The Deployment stays: images, replicas and patches of overlays apply to it as before, and the
 * environments that are not chosen are as they were. Argo Rollouts refers to it (`workloadRef`):
 * first the Rollout runs beside it, then it steps down to no pods. Flagger targets it: first the
 * engine is told to leave the Service where it is, then Flagger takes it over.
 *
 * @returns no changes when everything is there already
 * @throws InputError when it cannot be done, before anything is changed
 *
 * @public
 */
export function addProgressiveDelivery(
  tree: ManifestTree,
  model: ProgressiveModel,
): ProgressiveDelivery {
  const overlays = model.environments.map(environment => {
    const folder = overlayFolder(model, environment);
    const objects = overlayObjects(tree, folder);
    return { folder, target: findTarget(objects, model, folder) };
  });
  const changes =
    model.controller === 'argo-rollouts'
      ? changesForRollouts(tree, model, overlays)
      : changesForFlagger(tree, model, overlays);
  return {
    changes,
    notes:
      changes.length === 0
        ? [
            `Nothing is to do: ${model.environments.join(
              ', ',
            )} is delivered this way already.`,
          ]
        : deliveryNotes(
            model,
            overlays.map(({ target }) => target),
          ),
  };
}

function overlayFolder(model: ProgressiveModel, environment: string): string {
  const named = model.overlays.find(one => one.environment === environment);
  return named?.path ?? posix.join(model.path, 'overlays', environment);
}

function changesForRollouts(
  tree: ManifestTree,
  model: ProgressiveModel,
  overlays: Overlay[],
): ManifestChange[] {
  if (model.phase === 'switch') {
    // A Rollout with pods of its own has nothing to take over.
    const beside = overlays.filter(
      ({ target }) => !at(target.delivery, 'spec', 'template'),
    );
    return beside.flatMap(overlay => {
      assertPrepared(overlay, {
        isPrepared: overlay.target.delivery?.kind === 'Rollout',
      });
      assertOwnName(overlay.target);
      return editOverlay(tree, overlay, yaml =>
        setReplicas(yaml, overlay.target.deployment, 0),
      );
    });
  }
  const open = overlays.filter(({ target }) => !target.delivery);
  return [
    ...component(tree, model, open, {
      folder: ROLLOUT_COMPONENT,
      render: target => rolloutComponent(model, target, labelsOf(model)),
    }),
    ...open.flatMap(overlay =>
      editOverlay(tree, overlay, yaml => {
        addComponent(yaml, model, overlay, ROLLOUT_COMPONENT);
        // What an autoscaler counts is not for Git to say.
        if (!overlay.target.autoscaler) {
          const { target } = overlay;
          setReplicas(yaml, rolloutName(target), target.replicas);
        }
      }),
    ),
  ];
}

function changesForFlagger(
  tree: ManifestTree,
  model: ProgressiveModel,
  overlays: Overlay[],
): ManifestChange[] {
  const open = overlays.filter(({ target }) => !target.delivery);
  for (const { target, folder } of open) {
    if (!hasGateway(model, target)) {
      throw new InputError(
        `No HTTPRoute in Git leads to the Service of "${folder}"; name the gateway and the hosts that Flagger is to make one for`,
      );
    }
  }
  if (model.phase === 'prepare') {
    return [
      ...component(tree, model, open, {
        folder: HANDOVER_COMPONENT,
        render: target => handoverComponent(model, target),
      }),
      ...open.flatMap(overlay =>
        editOverlay(tree, overlay, yaml =>
          addComponent(yaml, model, overlay, HANDOVER_COMPONENT),
        ),
      ),
    ];
  }
  for (const overlay of open) {
    assertPrepared(overlay, {
      isPrepared: hasComponent(tree, model, overlay, HANDOVER_COMPONENT),
    });
  }
  return [
    ...component(tree, model, open, {
      folder: FLAGGER_COMPONENT,
      render: target => flaggerComponent(model, target, labelsOf(model)),
    }),
    ...open.flatMap(overlay =>
      editOverlay(tree, overlay, yaml => {
        const entry = relative(overlay, model, HANDOVER_COMPONENT);
        const index = strings(yaml.get(['components'])).indexOf(entry);
        yaml.set(
          ['components', index],
          relative(overlay, model, FLAGGER_COMPONENT),
        );
      }),
    ),
  ];
}

function labelsOf({ name, team }: ProgressiveModel) {
  return serviceLabels({ name, team });
}

function assertPrepared(
  overlay: Overlay,
  { isPrepared }: { isPrepared: boolean },
): void {
  if (!isPrepared) {
    throw new InputError(
      `"${overlay.folder}" is not prepared: run the phase "prepare", merge it and let it be synced first, so that nothing is ever without pods or traffic`,
    );
  }
}

/** Kustomize counts replicas by name alone. */
function assertOwnName({ delivery, deployment }: DeliveryTarget): void {
  if (delivery?.metadata?.name === deployment) {
    throw new InputError(
      `The Rollout is called "${deployment}" like its Deployment, so that "replicas" of an overlay would count both; set the replicas of the Deployment to 0 by a patch of your own`,
    );
  }
}

/**
 * The files of a component. One that exists is left as it is: people may have changed it, and
 * other environments use it.
 */
function component(
  tree: ManifestTree,
  model: ProgressiveModel,
  overlays: Overlay[],
  parts: {
    folder: string;
    render: (target: DeliveryTarget) => ManifestFile[];
  },
): ManifestChange[] {
  const [first, ...others] = overlays;
  const file = posix.join(model.path, parts.folder, 'kustomization.yaml');
  if (!first || tree.has(file)) {
    return [];
  }
  const files = parts.render(first.target);
  for (const { folder, target } of others) {
    if (!isDeepStrictEqual(parts.render(target), files)) {
      throw new InputError(
        `"${first.folder}" and "${folder}" differ in their Deployment, Service, route or autoscaler, so that one component cannot serve both; move what they share into the base, or choose one of them`,
      );
    }
  }
  return files;
}

/** Path of a component as an overlay writes it. */
function relative(
  overlay: Overlay,
  model: ProgressiveModel,
  name: string,
): string {
  return posix.relative(overlay.folder, posix.join(model.path, name));
}

function hasComponent(
  tree: ManifestTree,
  model: ProgressiveModel,
  overlay: Overlay,
  name: string,
): boolean {
  const file = kustomizationFile(tree, overlay.folder);
  const yaml = YamlText.parse(tree.get(file)!, { name: file });
  return strings(yaml.get(['components'])).includes(
    relative(overlay, model, name),
  );
}

function addComponent(
  yaml: YamlText,
  model: ProgressiveModel,
  overlay: Overlay,
  name: string,
): void {
  const list = strings(yaml.get(['components']));
  const entry = relative(overlay, model, name);
  if (!list.includes(entry)) {
    yaml.set(['components', list.length], entry);
  }
}

function setReplicas(yaml: YamlText, name: string, count: number): void {
  const list = items(yaml.get(['replicas']));
  const index = list.findIndex(item => item.name === name);
  if (index < 0) {
    yaml.set(['replicas', list.length], { name, count });
  } else {
    yaml.set(['replicas', index, 'count'], count);
  }
}

/** The kustomization of an overlay, when an edit changes it. */
function editOverlay(
  tree: ManifestTree,
  overlay: Overlay,
  edit: (yaml: YamlText) => void,
): ManifestChange[] {
  const path = kustomizationFile(tree, overlay.folder);
  const before = tree.get(path)!;
  const yaml = YamlText.parse(before, { name: path });
  edit(yaml);
  const content = yaml.toString();
  return content === before ? [] : [{ path, content }];
}
