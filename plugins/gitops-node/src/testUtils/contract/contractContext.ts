import type { Application, CommandRun } from '@fairway/plugin-gitops-common';
import type {
  CommandContext,
  CommandPatch,
  GitopsObserver,
  KubernetesObject,
  Observation,
} from '../../GitopsObserver';

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

/** A run of a command that was asked for at the time of {@link CONTEXT}. */
export function commandRun(command: CommandRun['command']): CommandRun {
  return {
    id: 'contract',
    applicationId: 'contract',
    command,
    request: {},
    requestedBy: 'user:default/ada',
    requestedAt: CONTEXT.now.toISOString(),
    state: 'requested',
    message: `Asked to ${command}`,
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

/** The patches of all commands that the observations offer. */
export function patchesOf(
  observer: GitopsObserver,
  observations: Observation[],
): CommandPatch[] {
  return observations.flatMap(observation => {
    const application = applicationOf(observation);
    return (application?.commands ?? []).flatMap(command =>
      observer.commands!(application!, commandContext({ command })),
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

/** Runs something in a world without a clock and without chance: reading either throws. */
export function withoutClock<T>(run: () => T): T {
  const { Date: RealDate } = globalThis;
  const { random } = Math;
  const refuse = (what: string) => (): never => {
    throw new Error(`Observers must not read ${what}; take the context's now`);
  };
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args) =>
      args.length === 0
        ? refuse('the clock')()
        : Reflect.construct(target, args),
    apply: refuse('the clock'),
    get: (target, key) =>
      key === 'now' ? refuse('the clock') : Reflect.get(target, key),
  });
  Math.random = refuse('random numbers');
  try {
    return run();
  } finally {
    globalThis.Date = RealDate;
    Math.random = random;
  }
}

/** Runs `visit` with each value of the object's metadata, spec and status, and what holds it. */
export function walk(
  object: KubernetesObject,
  visit: (place: {
    holder: Record<string | number, unknown>;
    key: string | number;
    path: string;
  }) => void,
): void {
  const into = (
    holder: Record<string | number, unknown>,
    key: string | number,
    path: string,
  ) => {
    visit({ holder, key, path });
    const value = holder[key];
    if (Array.isArray(value)) {
      value.forEach((_, index) =>
        into(
          value as unknown as Record<number, unknown>,
          index,
          `${path}.${index}`,
        ),
      );
    } else if (typeof value === 'object' && value !== null) {
      Object.keys(value).forEach(name =>
        into(value as Record<string, unknown>, name, `${path}.${name}`),
      );
    }
  };
  // Reports have their results at the root; what names the object itself is certain.
  for (const key of Object.keys(object)) {
    if (!['apiVersion', 'kind', 'metadata'].includes(key)) {
      into(object, key, key);
    }
  }
  for (const key of Object.keys(object.metadata)) {
    if (key !== 'name') {
      into(object.metadata, key, `metadata.${key}`);
    }
  }
}
