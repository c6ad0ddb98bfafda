import type { Application, CommandRun } from '@fairway/plugin-gitops-common';
import type {
  CommandContext,
  CommandPatch,
  CommandProgress,
  GitopsObserver,
  KubernetesObject,
  Observation,
  ProgressContext,
} from '../../GitopsObserver';
import { demand } from './demand';

/** What the observers under test are told beside the object. */
export const CONTEXT = {
  cluster: 'contract',
  now: new Date('2026-03-01T12:00:00.000Z'),
};

/** The context of a command, asked with what is given. */
export function commandContext(
  options: Pick<CommandContext, 'command'> & Partial<CommandContext>,
): CommandContext {
  return {
    request: {},
    user: 'user:default/ada',
    now: CONTEXT.now,
    projects: [],
    ...options,
  };
}

/** A run of a command; asked for at the time of {@link CONTEXT} when nothing else is said. */
export function commandRun(
  command: CommandRun['command'],
  fields: Partial<CommandRun> = {},
): CommandRun {
  return {
    id: 'contract',
    applicationId: 'contract',
    command,
    request: {},
    requestedBy: 'user:default/ada',
    requestedAt: CONTEXT.now.toISOString(),
    state: 'requested',
    message: `Asked to ${command}`,
    ...fields,
  };
}

/** The application that the recorder would store of an observation, for `commands`. */
export function applicationOf(
  observation: Observation,
): Application | undefined {
  if (observation.type !== 'application') {
    return undefined;
  }
  return {
    ...observation,
    id: 'contract',
    phase: 1,
    syncSince: CONTEXT.now.toISOString(),
    healthSince: CONTEXT.now.toISOString(),
    observedAt: CONTEXT.now.toISOString(),
  };
}

/** The applications among what the observer says of an object. */
export function applicationsOf(
  observer: GitopsObserver,
  object: KubernetesObject,
): Application[] {
  return observer
    .observe(object, CONTEXT)
    .flatMap(observation => applicationOf(observation) ?? []);
}

/** The member `commands`, of which there is need when a command is offered. */
export function commandsOf(
  observer: GitopsObserver,
): NonNullable<GitopsObserver['commands']> {
  demand(
    observer.commands,
    'an application offers commands, and the observer has no member commands to carry them out',
  );
  return observer.commands.bind(observer);
}

/** What the observer says of a command; undefined when it follows none. */
export function progressOf(
  observer: GitopsObserver,
  object: KubernetesObject,
  run: CommandRun,
  context: ProgressContext = {},
): CommandProgress | undefined {
  return observer.progress?.(object, run, context);
}

/** The patches of all commands that the observations offer. */
export function patchesOf(
  observer: GitopsObserver,
  observations: Observation[],
): CommandPatch[] {
  return observations.flatMap(observation => {
    const application = applicationOf(observation);
    return (application?.commands ?? []).flatMap(command =>
      commandsOf(observer)(application!, commandContext({ command })),
    );
  });
}

/** The value, frozen at any depth. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
