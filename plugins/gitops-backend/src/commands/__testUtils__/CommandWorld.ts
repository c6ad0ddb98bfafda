import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  Application,
  ApplicationCommand,
  CommandRequest,
  Fact,
  ObjectRef,
} from '@fairway/plugin-gitops-common';
import type {
  CommandContext,
  CommandPatch,
  CommandProgress,
  GitopsConnection,
  GitopsObserver,
  KubernetesObject,
  Observation,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../../cluster';
import { CommandRunner } from '../../service/CommandRunner';
import { objectId, type DatabaseGitopsStore } from '../../store';
import { storedApplication } from '../../store/__testUtils__/samples';
import { CommandFollower } from '../CommandFollower';

const START = Date.parse('2026-03-01T10:00:00.000Z');

function refOf(kind: string, name: string): ObjectRef {
  return {
    ...{ cluster: 'local', namespace: 'argocd', name },
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind },
  };
}

/** What an application stands on, in the order in which it is written to. */
export const SOURCE = refOf('Source', 'orders-source');
export const CHART = refOf('Chart', 'orders-chart');

function patchOf(ref: ObjectRef, now: Date): CommandPatch {
  return {
    ref,
    plural: `${ref.kind.toLowerCase()}s`,
    type: 'application/merge-patch+json',
    patch: { asked: now.toISOString() },
  };
}

/**
 * An engine whose objects say in `status` how the command of a time went on, and a cluster that
 * keeps versions of them, and fails as told.
 */
export class CommandWorld {
  readonly application: Application = {
    ...storedApplication({ name: 'orders' }).application,
    entityRef: 'component:default/orders',
    engine: 'flux',
    project: 'shop',
  };
  readonly contexts: CommandContext[] = [];
  /** What the observer was asked about. */
  readonly decidedOn: Application[] = [];
  /** What was written, without the version that it was written onto. */
  readonly patches: CommandPatch[] = [];
  readonly changes: object[] = [];
  readonly logger = mockServices.logger.mock();
  connections: GitopsConnection[] = [];
  facts: Fact[] = [];
  /** What is asked before the application. */
  prepares: Array<Pick<CommandPatch, 'ref' | 'optional'>> = [];
  /** How followers read. */
  reads = 0;
  readError?: Error;
  /** Called with what is about to be written. */
  onPatch: (patch: CommandPatch) => Promise<void> | void = () => {};
  millis = START;
  readonly store: DatabaseGitopsStore;
  readonly #objects = new Map<string, KubernetesObject>();
  #version = 1;

  constructor(store: DatabaseGitopsStore) {
    this.store = store;
    for (const ref of [this.application.ref, SOURCE]) {
      this.put(ref, {});
    }
  }

  readonly observer: GitopsObserver = {
    id: 'flux',
    resources: [
      {
        ...{ group: 'argoproj.io', versions: ['v1alpha1'] },
        ...{ kind: 'Application', plural: 'applications' },
      },
    ],
    observe: ({ observed }, { cluster }) => {
      const { ref, policy, source } = this.application;
      return [
        {
          ...{ type: 'application', ref: { ...ref, cluster }, policy, source },
          ...(observed as object),
        } as Observation,
      ];
    },
    commands: (application, context) => {
      this.contexts.push(context);
      this.decidedOn.push(application);
      return [
        ...this.prepares.map(({ ref, optional }) => ({
          ...patchOf(ref, context.now),
          optional,
        })),
        patchOf(application.ref, context.now),
      ];
    },
    progress: (object, run) =>
      (object.status as Record<string, CommandProgress>)?.[run.requestedAt],
  };

  /** Makes or changes an object, as a new version. */
  put(ref: ObjectRef, fields: object): KubernetesObject {
    const { apiVersion, kind, name, namespace } = ref;
    this.#version += 1;
    const resourceVersion = String(this.#version);
    const object = {
      ...this.#objects.get(objectId(ref)),
      ...{ apiVersion, kind, ...fields },
      metadata: { name, namespace, resourceVersion },
    };
    this.#objects.set(objectId(ref), object);
    return object;
  }

  remove(ref: ObjectRef): void {
    this.#objects.delete(objectId(ref));
  }

  /** An object, saying how the command of a time went on. */
  say(
    requestedAt: string,
    progress: CommandProgress,
    ref = this.application.ref,
  ): KubernetesObject {
    return this.put(ref, { status: { [requestedAt]: progress } });
  }

  readonly #shared = {
    observers: () => [this.observer],
    connections: () => this.connections,
    onChanged: (change: object) => this.changes.push(change),
    now: () => new Date(this.millis),
  };

  readonly clusters: Pick<ClusterApi, 'get' | 'patch'> = {
    get: async ({ cluster, group, version, plural }, object) => {
      const found = [...this.#objects.values()].find(
        ({ apiVersion, kind, metadata }) =>
          apiVersion === `${group}/${version}` &&
          `${kind.toLowerCase()}s` === plural &&
          metadata.name === object.name,
      );
      if (!found) {
        throw new NotFoundError(`There is no ${object.name} in ${cluster}`);
      }
      return structuredClone(found);
    },
    patch: async ({ patch, ...rest }) => {
      const { metadata, ...fields } = patch;
      const written = { ...rest, patch: fields };
      await this.onPatch(written);
      const { resourceVersion } = (metadata ?? {}) as Record<string, unknown>;
      const current = this.#objects.get(objectId(rest.ref));
      if (!current) {
        throw new NotFoundError(`There is no ${rest.ref.name}`);
      }
      if (resourceVersion !== current.metadata.resourceVersion) {
        throw new ConflictError('The object has been modified');
      }
      this.patches.push(written);
      return this.put(rest.ref, fields);
    },
  };

  run(command: ApplicationCommand, request: CommandRequest = {}) {
    const { application, facts, clusters } = this;
    const runner = new CommandRunner({
      ...{ ...this.#shared, clusters },
      store: Object.assign(Object.create(this.store), {
        getApplication: async () => application,
        listFacts: async () => facts,
        insertCommandRun: this.store.insertCommandRun.bind(this.store),
        getStoredCommandRun: this.store.getStoredCommandRun.bind(this.store),
        updateCommandRun: this.store.updateCommandRun.bind(this.store),
      }),
    });
    return runner.run(
      { application, command, request },
      { credentials: mockCredentials.user('user:default/ada') },
    );
  }

  /** A follower, as each replica has one. */
  follower(): CommandFollower {
    return new CommandFollower({
      ...{ ...this.#shared, store: this.store, logger: this.logger },
      clusters: {
        get: async (...of) => {
          this.reads += 1;
          if (this.readError) {
            throw this.readError;
          }
          return this.clusters.get(...of);
        },
        patch: this.clusters.patch,
      },
    });
  }

  readonly watch = { cluster: 'local', observer: this.observer };

  async stateOf(id: string) {
    return (await this.store.getStoredCommandRun(id))?.run;
  }
}
