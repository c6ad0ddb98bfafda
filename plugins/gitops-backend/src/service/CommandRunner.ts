import { randomUUID } from 'node:crypto';
import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type {
  Application,
  ApplicationCommand,
  CommandRequest,
  CommandResponse,
} from '@fairway/plugin-gitops-common';
import type { GitopsObserver } from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../cluster';
import type { GitopsReader } from '../store';
import type { Caller } from './GitopsAnswers';

const ENGINES = { argocd: 'Argo CD', flux: 'Flux' };

/** Carries out commands: what to write is the observer's business, writing it the cluster's. */
export class CommandRunner {
  readonly #observers: () => readonly GitopsObserver[];
  readonly #clusters: Pick<ClusterApi, 'patch'>;
  readonly #store: Pick<GitopsReader, 'getApplication'>;
  readonly #now: () => Date;

  constructor(options: {
    /** Asked at each command, because modules add theirs while the plugin starts. */
    observers: () => readonly GitopsObserver[];
    clusters: Pick<ClusterApi, 'patch'>;
    store: Pick<GitopsReader, 'getApplication'>;
    now?: () => Date;
  }) {
    this.#observers = options.observers;
    this.#clusters = options.clusters;
    this.#store = options.store;
    this.#now = options.now ?? (() => new Date());
  }

  /**
   * Resolves when the cluster took the command; what comes of it is observed later.
   *
   * @throws InputError when the engine does not have the command, or cannot take it now.
   * @throws ServiceUnavailableError, NotFoundError or ConflictError of the cluster.
   */
  async run(
    options: {
      application: Application;
      command: ApplicationCommand;
      request: CommandRequest;
    },
    caller: Caller,
  ): Promise<CommandResponse> {
    const { application, command, request } = options;
    const engine = ENGINES[application.engine] ?? application.engine;
    const observer = this.#observers().find(
      ({ id }) => id === application.engine,
    );
    if (!observer?.commands) {
      throw new InputError(
        `Commands for ${engine} are not installed; add its module to the backend`,
      );
    }
    const patches = observer.commands(application, {
      command,
      request,
      user: subjectOf(caller.credentials),
      now: this.#now(),
    });
    // In order: an engine's later writes may stand on its earlier ones.
    for (const patch of patches) {
      await this.#clusters.patch(patch);
    }
    const message = messageOf({ engine, application, command, request });
    return {
      application:
        (await this.#store.getApplication(application.id)) ?? application,
      command,
      message,
      run: {
        id: randomUUID(),
        applicationId: application.id,
        command,
        request,
        requestedBy: subjectOf(caller.credentials),
        requestedAt: this.#now().toISOString(),
        state: 'requested',
        message,
      },
    };
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

function messageOf(options: {
  engine: string;
  application: Application;
  command: ApplicationCommand;
  request: CommandRequest;
}): string {
  const { engine, application, command, request } = options;
  const details = [
    request.revision && `to ${request.revision}`,
    request.hard && 'without its cache',
    request.prune && 'with pruning',
    request.dryRun && 'as a dry run',
  ].filter(Boolean);
  return `Asked ${engine} to ${command} ${application.ref.name}${
    details.length > 0 ? ` ${details.join(', ')}` : ''
  }`;
}
