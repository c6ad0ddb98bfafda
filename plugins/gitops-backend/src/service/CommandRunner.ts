import { randomUUID } from 'node:crypto';
import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  ForwardedError,
  InputError,
  toError,
} from '@backstage/errors';
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
  type CommandPatch,
  type GitopsConnection,
  type GitopsObserver,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../cluster';
import type { CommandStore, GitopsReader, StoredCommandRun } from '../store';
import { describeCommand, ENGINE_TITLES } from './describeCommand';
import type { Caller } from './GitopsAnswers';

/** What {@link CommandRunner} works with. */
export interface CommandRunnerOptions {
  /** Asked at each command, because modules add theirs while the plugin starts. */
  observers: () => readonly GitopsObserver[];
  connections: () => readonly GitopsConnection[];
  clusters: Pick<ClusterApi, 'patch'>;
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

  constructor(options: CommandRunnerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the engine took the command; what comes of it is observed later.
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
    const patches = observer.commands?.(application, context) ?? [];
    const stored = toStoredRun(options, { observer, context, patches });
    const other = await store.insertCommandRun(stored, {
      ...(command === 'sync' && { exclusiveKey: `sync/${application.id}` }),
    });
    if (other) {
      throw new ConflictError(
        `${other.run.requestedBy} asked for a sync of ${application.ref.name} at ${other.run.requestedAt}, and it is not over yet; wait until it ends, or terminate it`,
      );
    }
    // Before the first write, so that who follows it misses nothing of what comes of it.
    this.#changed(application);
    await this.#carryOut(stored, { application, context, patches });
    if (!observer.progress) {
      await store.updateCommandRun(stored.run.id, {
        state: 'lost',
        message: `${stored.run.message}; its module does not tell how commands end, so look at the application`,
        heardAt: stored.heardAt,
        finishedAt: stored.run.requestedAt,
      });
      this.#changed(application);
    }
    const [after, followed] = await Promise.all([
      store.getApplication(application.id),
      store.getStoredCommandRun(stored.run.id),
    ]);
    return {
      application: after ?? application,
      command,
      message: stored.run.message,
      run: followed?.run ?? stored.run,
    };
  }

  /** Why the engine would not take a command now, in one sentence; undefined when it would. */
  async refusalOf(
    options: GivenCommand,
    caller: Caller,
  ): Promise<string | undefined> {
    try {
      const context = await this.#contextOf(options, caller);
      this.#observerOf(options.application).commands?.(
        options.application,
        context,
      );
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
      now: this.#options.now?.() ?? new Date(),
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

  /** In order: an engine's later writes may stand on its earlier ones. */
  async #carryOut(
    stored: StoredCommandRun,
    options: {
      application: Application;
      context: CommandContext;
      patches: readonly CommandPatch[];
    },
  ): Promise<void> {
    const { application, context, patches } = options;
    const connection = this.#options
      .connections()
      .find(({ name }) => name === application.ref.cluster);
    const done: CommandPatch[] = [];
    let written = 0;
    try {
      if (connection) {
        await connection.execute(application, context);
        return;
      }
      for (const patch of patches) {
        if (await this.#write(patch)) {
          done.push(patch);
        }
        written += 1;
      }
    } catch (error) {
      const failure = explainFailure(error, { done, failed: patches[written] });
      await this.#options.store.updateCommandRun(stored.run.id, {
        state: 'failed',
        message: failure.message,
        heardAt: stored.heardAt,
        finishedAt: (this.#options.now?.() ?? new Date()).toISOString(),
      });
      this.#changed(application);
      throw failure;
    }
  }

  /** Resolves to whether it was written: what need not be there may be absent. */
  async #write(patch: CommandPatch): Promise<boolean> {
    try {
      await this.#options.clusters.patch(patch);
      return true;
    } catch (error) {
      if (patch.optional && toError(error).name === 'NotFoundError') {
        return false;
      }
      throw error;
    }
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

function toStoredRun(
  options: GivenCommand,
  made: {
    observer: GitopsObserver;
    context: CommandContext;
    patches: readonly CommandPatch[];
  },
): StoredCommandRun {
  const { application, command, request } = options;
  const requestedAt = made.context.now.toISOString();
  // The last write is the one that the others prepare.
  const last = made.patches.at(-1);
  if (!last) {
    throw new InputError(
      `${application.ref.name} needs no ${command}: there is nothing to change`,
    );
  }
  const run: CommandRun = {
    id: randomUUID(),
    applicationId: application.id,
    ...{ command, request, requestedAt },
    requestedBy: made.context.user,
    state: 'requested',
    message: describeCommand(options),
  };
  return {
    run,
    entityRef: application.entityRef,
    engine: made.observer.id,
    target: { ref: last.ref, plural: last.plural },
    heardAt: requestedAt,
  };
}

/** The error with what was written before it, when it was not the first write that failed. */
function explainFailure(
  error: unknown,
  options: { done: readonly CommandPatch[]; failed: CommandPatch | undefined },
): Error {
  const nameOf = ({ ref }: CommandPatch) => `${ref.kind} ${ref.name}`;
  const { done, failed } = options;
  if (done.length > 0 && failed) {
    return new ForwardedError(
      `Only a part was done: ${done.map(nameOf).join(', ')} took it, ${nameOf(
        failed,
      )} did not; give the command again`,
      error,
    );
  }
  const cause = toError(error);
  return cause.name === 'ServiceUnavailableError' &&
    connectionErrorReason(error) === 'unreachable'
    ? new ForwardedError(
        'It is not known whether the command arrived; look at the application before you give it again',
        error,
      )
    : cause;
}
