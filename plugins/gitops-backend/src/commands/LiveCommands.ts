import { ForwardedError, InputError, toError } from '@backstage/errors';
import type { Application, CommandRun } from '@fairway/plugin-gitops-common';
import type {
  CommandContext,
  CommandPatch,
  GitopsConnection,
  GitopsObserver,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../cluster';
import { objectId, type CommandTarget } from '../store';
import { observeAgain } from './observeAgain';
import { findTarget, readTarget } from './readTarget';
import { writeOnto } from './writeOnto';

/** A command that somebody gives, with all that decides what is written for it. */
export interface CommandToGive {
  application: Application;
  observer: GitopsObserver;
  context: CommandContext;
  run: CommandRun;
}

/** What carries out a command, decided on the objects as they are now. */
export interface DecidedCommand {
  /** All that the observer asks for, in order. */
  patches: CommandPatch[];
  target: CommandTarget;
  /** Asks the engine. */
  carryOut(): Promise<void>;
  /**
   * Decides anew, when `carryOut` rejected with a ConflictError because what it was decided on
   * changed since. Absent where the engine's own API decides.
   */
  again?(): Promise<DecidedCommand>;
}

/**
 * Decides on the objects of a cluster as they are, and writes onto no other version of them.
 *
 * @remarks
 * What is stored follows the watch. Between what it shows and a write, an operation may have
 * ended or begun, and a merge patch that was made for another state mends nothing: it marks what
 * is over as being ended, or lends its name to what somebody else asked for.
 */
export class LiveCommands {
  readonly #clusters: Pick<ClusterApi, 'get' | 'patch'>;
  readonly #connections: () => readonly GitopsConnection[];

  constructor(options: {
    clusters: Pick<ClusterApi, 'get' | 'patch'>;
    connections: () => readonly GitopsConnection[];
  }) {
    this.#clusters = options.clusters;
    this.#connections = options.connections;
  }

  /**
   * @throws InputError when the engine does not have the command, or cannot take it now; the
   * cluster's error when the application cannot be read.
   */
  async decide(given: CommandToGive): Promise<DecidedCommand> {
    const { application, observer, context } = given;
    const connection = this.#connections().find(
      ({ name }) => name === application.ref.cluster,
    );
    if (connection) {
      // The engine's own API decides once more, on what it has.
      const patches = observer.commands?.(application, context) ?? [];
      const { ref, plural } = patches.at(-1) ?? nothingToChange(given);
      return {
        patches,
        target: { ref, plural },
        carryOut: () => connection.execute(application, context),
      };
    }
    const own = await this.#readOwn(given);
    const patches =
      observer.commands?.(
        observeAgain(application, own, { observer, now: context.now }),
        context,
      ) ?? [];
    const { first, object } = await this.#firstOf(patches, given, own);
    const { ref, plural } = patches[first];
    const then = patches.slice(first + 1);
    return {
      patches,
      target: { ref, plural, ...(then.length > 0 && { then }) },
      carryOut: async () => {
        await writeOnto(object, patches[first], this.#clusters);
        // Who says how a command goes on says when the next one is due.
        for (const patch of observer.progress ? [] : then) {
          await this.#clusters.patch(patch);
        }
      },
      again: () => this.decide(given),
    };
  }

  async #readOwn({
    application: { ref },
    observer,
  }: CommandToGive): Promise<KubernetesObject> {
    const group = ref.apiVersion.split('/').slice(0, -1).join('');
    const resource = observer.resources.find(
      candidate => candidate.group === group && candidate.kind === ref.kind,
    );
    if (!resource) {
      throw new InputError(
        `Objects of kind ${ref.kind} take no commands; use the tools of the engine`,
      );
    }
    try {
      return (await readTarget(
        { ref, plural: resource.plural },
        this.#places,
      ))!;
    } catch (error) {
      throw unread(`${ref.kind} ${ref.name}`, error);
    }
  }

  /** The first patch whose object is there, and the object. */
  async #firstOf(
    patches: readonly CommandPatch[],
    given: CommandToGive,
    own: KubernetesObject,
  ): Promise<{ first: number; object: KubernetesObject }> {
    const { application, observer, run } = given;
    for (const [first, patch] of patches.entries()) {
      if (objectId(patch.ref) === objectId(application.ref)) {
        return { first, object: own };
      }
      let object: KubernetesObject | undefined;
      try {
        object = patch.optional
          ? await findTarget(patch, this.#places)
          : await readTarget(patch, this.#places);
      } catch (error) {
        throw unread(`${patch.ref.kind} ${patch.ref.name}`, error);
      }
      if (object) {
        const progress = observer.progress?.(object, run, {
          beforehand: true,
        });
        if (progress?.state === 'failed') {
          throw new InputError(
            progress.message ??
              `${patch.ref.kind} ${patch.ref.name} cannot take it now; look at it in its cluster`,
          );
        }
        return { first, object };
      }
    }
    return nothingToChange(given);
  }

  get #places() {
    return { clusters: this.#clusters, connections: this.#connections() };
  }
}

function unread(what: string, error: unknown): Error {
  return new ForwardedError(
    `Nothing was asked for, because ${what} could not be read just before`,
    toError(error),
  );
}

function nothingToChange({ application, context }: CommandToGive): never {
  throw new InputError(
    `${application.ref.name} needs no ${context.command}: there is nothing to change`,
  );
}
