import { randomUUID } from 'node:crypto';
import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { ConflictError, InputError, toError } from '@backstage/errors';
import type {
  Application,
  ApplicationCommand,
  CommandRequest,
  CommandResponse,
  CommandRun,
} from '@fairway/plugin-gitops-common';
import {
  connectionErrorReason,
  type CommandContext,
  type GitopsConnection,
  type GitopsObserver,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../cluster';
import { LiveCommands, type DecidedCommand } from '../commands';
import type { CommandStore, GitopsReader, StoredCommandRun } from '../store';
import { describeCommand, ENGINE_TITLES } from './describeCommand';
import type { Caller } from './GitopsAnswers';

/** How often it is decided anew, because what it was decided on changed before the write. */
const MAX_DECISIONS = 5;

/** What {@link CommandRunner} works with. */
export interface CommandRunnerOptions {
  /** Asked at each command, because modules add theirs while the plugin starts. */
  observers: () => readonly GitopsObserver[];
  connections: () => readonly GitopsConnection[];
  clusters: Pick<ClusterApi, 'get' | 'patch'>;
  store: Pick<GitopsReader, 'getApplication' | 'listFacts'> &
    Pick<
      CommandStore,
      'insertCommandRun' | 'getStoredCommandRun' | 'updateCommandRun'
    >;
  /** A command was given, or ended here. */
  onChanged(change: { applicationId: string; entityRef?: string }): void;
  now?: () => Date;
}

/** A command that somebody gives. */
export interface GivenCommand {
  application: Application;
  command: ApplicationCommand;
  request: CommandRequest;
}

/**
 * Carries out commands: what to write is the observer's business, writing it the cluster's, or
 * that of the connection that the application came through.
 *
 * @remarks
 * A command is stored before its first write, so that nothing that was asked of an engine is
 * forgotten when the process ends in between; what comes of it is the follower's business.
 */
export class CommandRunner {
  readonly #options: CommandRunnerOptions;
  readonly #live: LiveCommands;

  constructor(options: CommandRunnerOptions) {
    this.#options = options;
    this.#live = new LiveCommands(options);
  }

  /**
   * Resolves when the engine took the command, or when nobody knows whether it did; what comes of
   * it is observed later.
   *
   * @throws InputError when the engine does not have the command, or cannot take it now.
   * @throws ConflictError when a sync is asked for while another one is on its way.
   * @throws ServiceUnavailableError, NotFoundError or ConflictError of the cluster.
   */
  async run(options: GivenCommand, caller: Caller): Promise<CommandResponse> {
    const { application, command } = options;
    const { store } = this.#options;
    const observer = this.#observerOf(application);
    const context = await this.#contextOf(options, caller);
    const run = newRun(options, context);
    const decided = await this.#live.decide({
      ...{ application, observer, context, run },
    });
    run.message = withNotes(run.message, decided);
    const stored: StoredCommandRun = {
      run,
      entityRef: application.entityRef,
      engine: observer.id,
      target: decided.target,
      heardAt: run.requestedAt,
    };
    await this.#insert(stored, decided, application);
    // Before the first write, so that who follows it misses nothing of what comes of it.
    this.#changed(application);
    await this.#carryOut(stored, application, decided);
    if (!observer.progress) {
      await store.updateCommandRun(run.id, {
        state: 'lost',
        message: `${run.message}; its module does not tell how commands end, so look at the application`,
        heardAt: stored.heardAt,
        finishedAt: run.requestedAt,
      });
      this.#changed(application);
    }
    const [after, followed] = await Promise.all([
      store.getApplication(application.id),
      store.getStoredCommandRun(run.id),
    ]);
    return {
      application: after ?? application,
      command,
      message: run.message,
      run: followed?.run ?? run,
    };
  }

  /** Why the engine would not take a command now, in one sentence; undefined when it would. */
  async refusalOf(
    options: GivenCommand,
    caller: Caller,
  ): Promise<string | undefined> {
    return this.#refusalOf(
      options.application,
      await this.#contextOf(options, caller),
    );
  }

  /** Why the engine would not sync it by itself now; undefined when nothing keeps it from that. */
  async holdOf(
    application: Application,
    caller: Caller,
  ): Promise<string | undefined> {
    const context = await this.#contextOf(
      { application, command: 'sync', request: {} },
      caller,
    );
    return this.#refusalOf(application, { ...context, isAutomatic: true });
  }

  #refusalOf(
    application: Application,
    context: CommandContext,
  ): string | undefined {
    try {
      this.#observerOf(application).commands?.(application, context);
      return undefined;
    } catch (error) {
      const { name, message } = toError(error);
      if (name !== 'InputError') {
        throw error;
      }
      return message;
    }
  }

  async #contextOf(
    { application, command, request }: GivenCommand,
    caller: Caller,
  ): Promise<CommandContext> {
    return {
      ...{ command, request },
      user: subjectOf(caller.credentials),
      now: this.#now(),
      projects: await this.#projectsOf(application),
    };
  }

  #observerOf(application: Application): GitopsObserver {
    const observer = this.#options
      .observers()
      .find(({ id }) => id === application.engine);
    if (!observer?.commands) {
      throw new InputError(
        `Commands for ${
          ENGINE_TITLES[application.engine] ?? application.engine
        } are not installed; add its module to the backend`,
      );
    }
    return observer;
  }

  async #projectsOf({ project, ref }: Application) {
    if (!project) {
      return [];
    }
    const facts = await this.#options.store.listFacts({ kind: 'project' });
    return facts.filter(
      fact => fact.ref.cluster === ref.cluster && fact.ref.name === project,
    );
  }

  async #insert(
    stored: StoredCommandRun,
    { patches }: DecidedCommand,
    application: Application,
  ): Promise<void> {
    const { command } = stored.run;
    const other = await this.#options.store.insertCommandRun(
      stored,
      command === 'sync'
        ? {
            exclusiveKey: `sync/${application.id}`,
            supersedes: patches.at(-1)?.supersedes,
          }
        : {},
    );
    if (other) {
      const { requestedBy, requestedAt } = other.run;
      const wayOut = application.commands.includes('terminate')
        ? ', or terminate it'
        : '';
      throw new ConflictError(
        `${requestedBy} asked for a sync of ${application.ref.name} at ${requestedAt}, and it is not over yet; wait until it ends${wayOut}`,
      );
    }
  }

  /** Anew while what it was decided on changes before the write. */
  async #carryOut(
    stored: StoredCommandRun,
    application: Application,
    decided: DecidedCommand,
  ): Promise<void> {
    let latest = decided;
    try {
      for (let decisions = 1; ; decisions += 1) {
        try {
          await latest.carryOut();
          return;
        } catch (error) {
          if (mayHaveArrived(error)) {
            await this.#leaveOpen(stored, error);
            return;
          }
          const isStale = toError(error).name === 'ConflictError';
          if (!isStale || !latest.again || decisions === MAX_DECISIONS) {
            throw error;
          }
        }
        latest = await latest.again();
        await this.#options.store.updateCommandRun(stored.run.id, {
          ...{ state: 'requested', message: stored.run.message },
          ...{ heardAt: stored.heardAt, target: latest.target },
        });
      }
    } catch (error) {
      const failure = toError(error);
      await this.#options.store.updateCommandRun(stored.run.id, {
        state: 'failed',
        message: failure.message,
        heardAt: stored.heardAt,
        finishedAt: this.#now().toISOString(),
      });
      this.#changed(application);
      throw failure;
    }
  }

  /** Whoever follows it finds out: it must not be given again meanwhile. */
  async #leaveOpen(stored: StoredCommandRun, error: unknown): Promise<void> {
    const { run } = stored;
    run.message = `It is not known whether the command arrived: ${
      toError(error).message
    }; what becomes of it is looked for`;
    await this.#options.store.updateCommandRun(run.id, {
      ...{ state: run.state, message: run.message, heardAt: stored.heardAt },
    });
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #changed({ id, entityRef }: Application): void {
    this.#options.onChanged({ applicationId: id, entityRef });
  }
}

/** Entity ref of a user, else the subject of a service. */
export function subjectOf(credentials: BackstageCredentials): string {
  const principal = credentials.principal as {
    userEntityRef?: string;
    subject?: string;
  };
  return principal.userEntityRef ?? principal.subject ?? 'unknown';
}

function newRun(options: GivenCommand, context: CommandContext): CommandRun {
  const { application, command, request } = options;
  return {
    id: randomUUID(),
    applicationId: application.id,
    ...{ command, request },
    requestedAt: context.now.toISOString(),
    requestedBy: context.user,
    state: 'requested',
    message: describeCommand(options),
  };
}

function withNotes(message: string, { patches }: DecidedCommand): string {
  return [message, ...patches.flatMap(({ note }) => note ?? [])].join('; ');
}

function mayHaveArrived(error: unknown): boolean {
  return (
    toError(error).name === 'ServiceUnavailableError' &&
    connectionErrorReason(error) === 'unreachable'
  );
}
