import type { Application, CommandRun } from '@fairway/plugin-gitops-common';
import {
  isObserved,
  type CommandContext,
  type CommandPatch,
  type CommandProgress,
  type GitopsObserver,
  type KubernetesObject,
  type Observation,
  type ObservedResource,
  type ObserverContext,
  type ProgressContext,
} from '@fairway/plugin-gitops-node';
import { fluxCommands } from './fluxCommands';
import { FLUX_KINDS, SOURCE_KINDS } from './fluxKinds';
import { fluxProgress } from './fluxProgress';
import { observeCanary } from './observeCanary';
import { observeHelmRelease } from './observeHelmRelease';
import { observeInputProvider } from './observeInputProvider';
import { observeKustomization } from './observeKustomization';
import { observeResourceSet } from './observeResourceSet';
import { observeSource } from './observeSource';

type Observe = (
  object: KubernetesObject,
  context: ObserverContext,
) => Observation;

const OBSERVE = new Map<string, Observe>([
  ['Kustomization', observeKustomization],
  ['HelmRelease', observeHelmRelease],
  ['ResourceSet', observeResourceSet],
  ['ResourceSetInputProvider', observeInputProvider],
  ['Canary', observeCanary],
  ...SOURCE_KINDS.map((kind): [string, Observe] => [kind, observeSource]),
]);

/**
 * Maps the objects of Flux, of the Flux Operator and of Flagger to observations, and commands to
 * patches of them.
 */
export class FluxObserver implements GitopsObserver {
  readonly id = 'flux';

  readonly resources: ObservedResource[] = FLUX_KINDS.map(kind => ({
    ...kind,
    versions: [...kind.versions],
  }));

  observe(object: KubernetesObject, context: ObserverContext): Observation[] {
    const observe = OBSERVE.get(object.kind);
    return observe && isObserved(this.resources, object)
      ? [observe(object, context)]
      : [];
  }

  commands(application: Application, context: CommandContext): CommandPatch[] {
    return fluxCommands(application, context);
  }

  progress(
    object: KubernetesObject,
    run: CommandRun,
    context: ProgressContext,
  ): CommandProgress | undefined {
    return fluxProgress(object, run, context);
  }
}
