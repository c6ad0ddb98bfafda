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
} from '@fairway/plugin-gitops-node';
import { argocdCommands } from './argocdCommands';
import { observeAnalysisRun } from './facts/observeAnalysisRun';
import { observeApplicationSet } from './facts/observeApplicationSet';
import { observeAppProject } from './facts/observeAppProject';
import { observeRollout } from './facts/observeRollout';
import { observeApplication } from './observeApplication';
import { readProgress } from './readProgress';

type Observe = (
  object: KubernetesObject,
  context: ObserverContext,
) => Observation;

const KINDS: Record<string, { plural: string; observe: Observe }> = {
  Application: { plural: 'applications', observe: observeApplication },
  ApplicationSet: { plural: 'applicationsets', observe: observeApplicationSet },
  AppProject: { plural: 'appprojects', observe: observeAppProject },
  Rollout: { plural: 'rollouts', observe: observeRollout },
  AnalysisRun: { plural: 'analysisruns', observe: observeAnalysisRun },
};

/**
 * Maps what Argo CD and Argo Rollouts keep in a cluster to observations, and commands on an
 * `Application` to patches of it.
 */
export class ArgocdObserver implements GitopsObserver {
  readonly id = 'argocd';

  readonly resources: ObservedResource[] = Object.entries(KINDS).map(
    ([kind, { plural }]) => ({
      group: 'argoproj.io',
      versions: ['v1alpha1'],
      kind,
      plural,
    }),
  );

  observe(object: KubernetesObject, context: ObserverContext): Observation[] {
    return isObserved(this.resources, object)
      ? [KINDS[object.kind].observe(object, context)]
      : [];
  }

  commands(application: Application, context: CommandContext): CommandPatch[] {
    return argocdCommands(application, context);
  }

  progress(
    object: KubernetesObject,
    run: CommandRun,
  ): CommandProgress | undefined {
    return object.kind === 'Application'
      ? readProgress(object, run)
      : undefined;
  }
}
