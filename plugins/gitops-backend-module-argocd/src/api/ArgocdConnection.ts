import { NotFoundError } from '@backstage/errors';
import type { Application } from '@fairway/plugin-gitops-common';
import {
  connectionErrorReason,
  type CommandContext,
  type GitopsConnection,
  type KubernetesObject,
  type ObjectEvent,
  type ObjectPage,
  type ObservedResource,
} from '@fairway/plugin-gitops-node';
import { ApplicationFeed } from './ApplicationFeed';
import { ArgocdClient, type ArgocdRequest } from './ArgocdClient';
import { ArgocdCommands } from './ArgocdCommands';
import { DEFAULT_ARGOCD_TIMES, type ArgocdTimes } from './ArgocdTimes';
import { ObjectHealth } from './ObjectHealth';
import { Permissions } from './Permissions';
import { PolledKind } from './PolledKind';
import type { ArgocdInstance } from './readArgocdConfig';
import { SERVED_KINDS, type ServedKind } from './servedKinds';
import { withKind } from './withKind';

const APPLICATIONS = 'applications';

function servedKind(plural: string): ServedKind {
  const kind = SERVED_KINDS.find(served => served.plural === plural);
  if (!kind) {
    throw new NotFoundError(`Argo CD's API does not serve ${plural}`);
  }
  return kind;
}

/**
 * An Argo CD installation that is reached through its own API, where the portal has no access to
 * its cluster.
 *
 * @remarks
 * It needs one account with a token, reused for everything, that may get applications; projects
 * and application sets come when it may get those too. The objects are those of the cluster, so
 * the same observer reads them.
 */
export class ArgocdConnection implements GitopsConnection {
  readonly name: string;
  readonly title: string;
  readonly observer = 'argocd';
  readonly resources: ObservedResource[];
  readonly #client: ArgocdClient;
  readonly #applications: ApplicationFeed;
  readonly #polled: Map<string, PolledKind>;
  readonly #commands: ArgocdCommands;
  readonly #health: ObjectHealth;

  constructor(options: {
    instance: ArgocdInstance;
    /** The kinds that the observer wants; those that the API serves are watched. */
    resources: readonly ObservedResource[];
    times?: Partial<ArgocdTimes>;
    /** Characters of events that may wait for the recorder; above, they are asked for again. */
    bufferCharacters?: number;
  }) {
    const { instance, resources, bufferCharacters } = options;
    const times = { ...DEFAULT_ARGOCD_TIMES, ...options.times };
    const { projects } = instance;
    this.name = instance.name;
    this.title = `Argo CD ${instance.name}`;
    this.resources = resources.filter(
      ({ group, plural, labelSelector }) =>
        group === 'argoproj.io' &&
        labelSelector === undefined &&
        SERVED_KINDS.some(served => served.plural === plural),
    );
    const client = new ArgocdClient(instance, {
      timeoutMillis: times.request,
    });
    const permissions = new Permissions(client);
    this.#client = client;
    this.#commands = new ArgocdCommands({ client, times });
    this.#health = new ObjectHealth({ client, times });
    this.#applications = new ApplicationFeed({
      client,
      permissions,
      projects,
      times,
      health: this.#health,
      bufferCharacters,
      get: ({ project, ...object }, signal) =>
        this.#getApplication(object, project, signal),
    });
    this.#polled = new Map(
      SERVED_KINDS.filter(({ plural }) => plural !== APPLICATIONS).map(kind => [
        kind.plural,
        new PolledKind({ kind, client, permissions, projects, times }),
      ]),
    );
  }

  listPage(
    resource: ObservedResource,
    options: { limit: number; continue?: string; signal?: AbortSignal },
  ): Promise<ObjectPage> {
    return this.#feed(resource.plural).listPage(options);
  }

  watch(
    resource: ObservedResource,
    options: {
      resourceVersion: string;
      timeoutSeconds: number;
      signal?: AbortSignal;
    },
  ): AsyncIterable<ObjectEvent> {
    return this.#feed(resource.plural).watch(options);
  }

  probe(options: { signal: AbortSignal }): Promise<{ date?: Date }> {
    return this.#client.probe(options.signal);
  }

  async get(
    resource: ObservedResource,
    object: { namespace?: string; name: string },
    options: { signal?: AbortSignal } = {},
  ): Promise<KubernetesObject> {
    const polled = this.#polled.get(resource.plural);
    return polled
      ? polled.get(object, options.signal)
      : this.#health.complete(
          await this.#getApplication(object, undefined, options.signal),
          options.signal,
        );
  }

  async isGone(
    application: Pick<Application, 'ref' | 'project'>,
    options: { signal?: AbortSignal } = {},
  ): Promise<boolean> {
    const { ref, project } = application;
    const { plural } =
      SERVED_KINDS.find(({ kind }) => kind === ref.kind) ??
      servedKind(APPLICATIONS);
    const polled = this.#polled.get(plural);
    if (polled) {
      return polled.isGone(ref, options.signal);
    }
    try {
      // With its project Argo CD says 404 for what is gone and 403 for what is hidden; without,
      // 403 for both.
      await this.#getApplication(ref, project || 'default', options.signal);
      return false;
    } catch (error) {
      if ((error as Error).name === 'NotFoundError') {
        return true;
      }
      if (connectionErrorReason(error) === 'forbidden') {
        return false;
      }
      throw error;
    }
  }

  execute(application: Application, context: CommandContext): Promise<void> {
    return this.#commands.execute(application, context);
  }

  #feed(plural: string): ApplicationFeed | PolledKind {
    const { plural: known } = servedKind(plural);
    return this.#polled.get(known) ?? this.#applications;
  }

  async #getApplication(
    object: { namespace?: string; name: string },
    project: string | undefined,
    signal?: AbortSignal,
  ): Promise<KubernetesObject> {
    const { kind, request } = servedKind(APPLICATIONS);
    const asked: ArgocdRequest = request(object);
    const found = await this.#client.json<KubernetesObject>({
      ...asked,
      query: { ...asked.query, project },
      signal,
    });
    return withKind(found, kind);
  }
}
