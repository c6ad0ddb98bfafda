import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
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
} from '@fairway/plugin-gitops-node';
import { CommandRunner } from '../../service/CommandRunner';
import type { DatabaseGitopsStore } from '../../store';
import { storedApplication } from '../../store/__testUtils__/samples';
import { CommandFollower } from '../CommandFollower';

const START = Date.parse('2026-03-01T10:00:00.000Z');
const SOURCE: ObjectRef = {
  ...{ cluster: 'local', namespace: 'apps', name: 'orders-source' },
  ...{ apiVersion: 'fake.example.com/v1', kind: 'Source' },
};

/**
 * An engine of two writes per command, whose objects say in `status` how the command of a time
 * went on, and a cluster that keeps or fails writes as told.
 */
export class CommandWorld {
  readonly application: Application = {
    ...storedApplication({ name: 'orders' }).application,
    entityRef: 'component:default/orders',
    engine: 'flux',
    project: 'shop',
  };
  readonly contexts: CommandContext[] = [];
  readonly patches: CommandPatch[] = [];
  readonly changes: object[] = [];
  readonly logger = mockServices.logger.mock();
  connections: GitopsConnection[] = [];
  facts: Fact[] = [];
  object?: KubernetesObject;
  reads = 0;
  readError?: Error;
  onPatch: (patch: CommandPatch) => Promise<void> | void = () => {};
  millis = START;
  readonly store: DatabaseGitopsStore;

  constructor(store: DatabaseGitopsStore) {
    this.store = store;
  }

  readonly observer: GitopsObserver = {
    id: 'flux',
    resources: [],
    observe: () => [],
    commands: (application, context) => {
      this.contexts.push(context);
      const patchOf = (ref: ObjectRef, plural: string): CommandPatch => ({
        ...{ ref, plural, type: 'application/merge-patch+json' },
        patch: { asked: context.now.toISOString() },
      });
      return [
        patchOf(SOURCE, 'sources'),
        patchOf(application.ref, 'applications'),
      ];
    },
    progress: (object, run) =>
      (object.status as Record<string, CommandProgress>)?.[run.requestedAt],
  };

  /** The application's object, saying how the command of a time went on. */
  say(requestedAt: string, progress: CommandProgress): KubernetesObject {
    const { apiVersion, kind, name, namespace } = this.application.ref;
    this.object = {
      ...{ apiVersion, kind, metadata: { name, namespace } },
      status: { [requestedAt]: progress },
    };
    return this.object;
  }

  readonly #shared = {
    observers: () => [this.observer],
    connections: () => this.connections,
    onChanged: (change: object) => this.changes.push(change),
    now: () => new Date(this.millis),
  };

  run(command: ApplicationCommand, request: CommandRequest = {}) {
    const { application, facts } = this;
    const runner = new CommandRunner({
      ...this.#shared,
      store: Object.assign(Object.create(this.store), {
        getApplication: async () => application,
        listFacts: async () => facts,
        insertCommandRun: this.store.insertCommandRun.bind(this.store),
        getStoredCommandRun: this.store.getStoredCommandRun.bind(this.store),
        updateCommandRun: this.store.updateCommandRun.bind(this.store),
      }),
      clusters: {
        patch: async patch => {
          await this.onPatch(patch);
          this.patches.push(patch);
          return { apiVersion: '', kind: '', metadata: { name: '' } };
        },
      },
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
        get: async () => {
          this.reads += 1;
          if (this.readError || !this.object) {
            throw this.readError ?? new Error('No object');
          }
          return this.object;
        },
      },
    });
  }

  readonly watch = { cluster: 'local', observer: this.observer };

  async stateOf(id: string) {
    return (await this.store.getStoredCommandRun(id))?.run;
  }
}
