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
import { argocdCommands } from './argocdCommands';
import { observeApplication } from './observeApplication';

/** Maps Argo CD's `Application` to observations, and commands to patches of it. */
export class ArgocdObserver implements GitopsObserver {
  readonly id = 'argocd';

  readonly resources: ObservedResource[] = [
    {
      group: 'argoproj.io',
      versions: ['v1alpha1'],
      kind: 'Application',
      plural: 'applications',
    },
  ];

  observe(object: KubernetesObject, context: ObserverContext): Observation[] {
    return object.kind === 'Application'
      ? [observeApplication(object, context)]
      : [];
  }

  commands(application: Application, context: CommandContext): CommandPatch[] {
    return argocdCommands(application, context);
  }
}
