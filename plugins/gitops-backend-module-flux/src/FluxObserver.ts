import type { Application } from '@fairway/plugin-gitops-common';
import type {
  CommandContext,
  CommandPatch,
  GitopsObserver,
  KubernetesObject,
  Observation,
  ObservedResource,
  ObserverContext,
} from '@fairway/plugin-gitops-node';
import { fluxCommands } from './fluxCommands';
import { FLUX_KINDS, SOURCE_KINDS } from './fluxKinds';
import { observeHelmRelease } from './observeHelmRelease';
import { observeKustomization } from './observeKustomization';
import { observeSource } from './observeSource';

/** Maps Flux's objects to observations, and commands to patches of them. */
export class FluxObserver implements GitopsObserver {
  readonly id = 'flux';

  readonly resources: ObservedResource[] = FLUX_KINDS.map(kind => ({
    ...kind,
    versions: [...kind.versions],
  }));

  observe(object: KubernetesObject, context: ObserverContext): Observation[] {
    if (object.kind === 'Kustomization') {
      return [observeKustomization(object, context)];
    }
    if (object.kind === 'HelmRelease') {
      return [observeHelmRelease(object, context)];
    }
    return SOURCE_KINDS.includes(object.kind)
      ? [observeSource(object, context)]
      : [];
  }

  commands(application: Application, context: CommandContext): CommandPatch[] {
    return fluxCommands(application, context);
  }
}
