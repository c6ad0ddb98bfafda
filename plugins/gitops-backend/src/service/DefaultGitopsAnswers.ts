import { NotFoundError, toError } from '@backstage/errors';
import {
  explainApplication,
  type Application,
  type ApplicationResponse,
  type ApplicationsQuery,
  type ApplicationsResponse,
  type CommandRun,
  type Deployment,
  type DeploymentsQuery,
  type DeploymentsResponse,
  type DoraQuery,
  type FleetQuery,
  type FleetResponse,
  type NameCheckQuery,
  type ServiceResponse,
} from '@fairway/plugin-gitops-common';
import type { Service } from '../catalog';
import type { DoraService } from '../dora';
import { objectId, type CommandStore, type GitopsReader } from '../store';
import type { AnswerCache } from './AnswerCache';
import type { CommandRunner } from './CommandRunner';
import type { FleetIndex, FleetReader } from './fleet';
import type {
  AuthorizedCaller,
  GitopsAnswers,
  GitopsPage,
} from './GitopsAnswers';
import { isReadable } from './isReadable';
import { markStale } from './markStale';
import type { NameChecker } from './NameChecker';
import type { PreparedAnswer } from './PreparedAnswer';
import type { ServiceDirectory } from './ServiceDirectory';
import type { ServiceReader } from './ServiceReader';
import { clustersOfService, sharedFacts } from './sharedFacts';

/** How long a list is good while nothing changes: lead times are over a window that moves. */
const LIST_MS = 60_000;
/** The same of a service's page, whose metrics are over windows that move. */
const SERVICE_MS = 300_000;
/** Dependencies that are looked at to explain an application. */
const DEPENDENCIES_LIMIT = 20;

/** What {@link DefaultGitopsAnswers} stands on. */
export interface DefaultGitopsAnswersOptions {
  store: GitopsReader &
    Pick<CommandStore, 'getStoredCommandRun' | 'listCommandRuns'>;
  index: FleetIndex;
  fleet: FleetReader;
  pages: ServiceReader;
  cache: AnswerCache;
  directory: ServiceDirectory;
  dora: DoraService;
  commands: CommandRunner;
  names: NameChecker;
}

/** Answers from the store and the catalog, within what the caller may read. */
export class DefaultGitopsAnswers implements GitopsAnswers<AuthorizedCaller> {
  readonly #options: DefaultGitopsAnswersOptions;

  constructor(options: DefaultGitopsAnswersOptions) {
    this.#options = options;
  }

  async getFleet(
    query: FleetQuery,
    caller: AuthorizedCaller,
  ): Promise<FleetResponse> {
    const { fleet } = this.#options;
    const { view } = await fleet.viewFor(caller);
    return fleet.getFleet(query, view);
  }

  async getApplications(
    query: ApplicationsQuery,
    caller: AuthorizedCaller,
  ): Promise<ApplicationsResponse> {
    const { fleet } = this.#options;
    return fleet.getApplications(query, await fleet.viewFor(caller));
  }

  async getApplication(
    id: string,
    caller: AuthorizedCaller,
  ): Promise<ApplicationResponse> {
    const { store } = this.#options;
    const { application, service } = await this.#find(id, caller);
    const [operate, commandRuns] = await Promise.all([
      caller.mayOperate(service),
      store.listCommandRuns({ applicationId: id }),
    ]);
    return { ...application, commandRuns, permissions: { operate } };
  }

  /** @throws NotFoundError for an application that the caller may not see. */
  async #find(
    id: string,
    caller: AuthorizedCaller,
  ): Promise<{ application: Application; service: Service | undefined }> {
    const { store, directory, index } = this.#options;
    const [application] = await Promise.all([
      store.getApplication(id),
      index.catchUp(),
    ]);
    const services = await directory.getServices(caller.credentials, {
      including: application?.entityRef ? [application.entityRef] : [],
    });
    if (!application || !isReadable(application.entityRef, services, caller)) {
      throw new NotFoundError(
        `There is no application '${id}' that you may see; look for it in the fleet`,
      );
    }
    const [marked] = markStale([application], index.clusters);
    return {
      application: marked,
      service: services.get(marked.entityRef ?? ''),
    };
  }

  async explainApplication(id: string, caller: AuthorizedCaller) {
    const { store, commands, index } = this.#options;
    const { application } = await this.#find(id, caller);
    const { entityRef, sync, dependsOn = [] } = application;
    const alone = { applications: [application], own: [] };
    const [own, shared, dependencies, syncRefusal, hold] = await Promise.all([
      entityRef ? store.listFacts({ entityRefs: [entityRef] }) : [],
      store.listFacts({ sharedOn: clustersOfService(alone) }),
      Promise.all(
        dependsOn.slice(0, DEPENDENCIES_LIMIT).map(async ref => {
          try {
            return [(await this.#find(objectId(ref), caller)).application];
          } catch (error) {
            // Not observed, or of a component that the caller may not read.
            if (toError(error).name === 'NotFoundError') {
              return [];
            }
            throw error;
          }
        }),
      ),
      sync === 'synced'
        ? undefined
        : commands.refusalOf(
            { application, command: 'sync', request: {} },
            caller,
          ),
      sync === 'synced' ? undefined : commands.holdOf(application, caller),
    ]);
    return {
      application,
      explanation: explainApplication(application, {
        facts: [...own, ...sharedFacts(shared, { ...alone, own })],
        ...{ syncRefusal, hold, clusters: index.clusters },
        dependencies: dependencies.flat(),
      }),
    };
  }

  async getService(
    entityRef: string,
    caller: AuthorizedCaller,
  ): Promise<ServiceResponse> {
    const { pages, index } = this.#options;
    await index.catchUp();
    const service = await pages.findService(entityRef, caller);
    return pages.getService(service, await caller.mayOperate(service));
  }

  async prepare(
    page: GitopsPage,
    caller: AuthorizedCaller,
  ): Promise<PreparedAnswer> {
    return page.kind === 'service'
      ? this.#prepareService(page.entityRef, caller)
      : this.#prepareList(page, caller);
  }

  /** The key names who may see the same, so that nobody else gets the answer. */
  async #prepareList(
    page: Exclude<GitopsPage, { kind: 'service' }>,
    caller: AuthorizedCaller,
  ): Promise<PreparedAnswer> {
    const { fleet, index, cache } = this.#options;
    const seen = await fleet.viewFor(caller);
    return cache.get({
      key: JSON.stringify([page, seen.visibility.key]),
      version: String(index.generation),
      keepMs: LIST_MS,
      compute: () =>
        page.kind === 'fleet'
          ? fleet.getFleet(page.query, seen.view)
          : fleet.getApplications(page.query, seen),
    });
  }

  /** Who sees the service and may do the same with it gets the same answer. */
  async #prepareService(
    entityRef: string,
    caller: AuthorizedCaller,
  ): Promise<PreparedAnswer> {
    const { pages, index, cache } = this.#options;
    await index.catchUp();
    const service = await pages.findService(entityRef, caller);
    const operate = await caller.mayOperate(service);
    return cache.get({
      key: JSON.stringify(['service', entityRef, operate]),
      version: `${index.versionOf(entityRef)} ${index.clusterRevision}`,
      keepMs: SERVICE_MS,
      compute: () => pages.getService(service, operate),
    });
  }

  async getDeployments(
    query: DeploymentsQuery,
    caller: AuthorizedCaller,
  ): Promise<DeploymentsResponse> {
    const { store, directory } = this.#options;
    const services = await directory.getServices(caller.credentials, {
      including: query.entityRef,
    });
    const readable = (ref: string | undefined) =>
      isReadable(ref, services, caller);
    if (query.applicationId?.length) {
      const applications = await store.getApplications(query.applicationId);
      if (
        applications.length === new Set(query.applicationId).size &&
        applications.every(({ entityRef }) => readable(entityRef))
      ) {
        return store.listDeployments(query);
      }
    }
    const wanted = query.entityRef?.length
      ? query.entityRef
      : [...services.keys()];
    return store.listDeployments({
      ...query,
      entityRef: wanted.filter(ref => readable(ref)),
    });
  }

  async getDeployment(
    id: string,
    caller: AuthorizedCaller,
  ): Promise<Deployment> {
    const { store, directory } = this.#options;
    const [deployment, services] = await Promise.all([
      store.getDeployment(id),
      directory.getServices(caller.credentials),
    ]);
    if (!deployment || !isReadable(deployment.entityRef, services, caller)) {
      throw new NotFoundError(
        `There is no deployment '${id}' that you may see; look for it on the page of its service`,
      );
    }
    return deployment;
  }

  async getDora(query: DoraQuery, caller: AuthorizedCaller) {
    const { kind, ref } = query.scope;
    const services = await this.#options.directory.getServices(
      caller.credentials,
      { including: kind === 'service' && ref ? [ref] : [] },
    );
    return this.#options.dora.getReport(query, {
      services: [...services.values()].filter(({ owners }) =>
        caller.mayRead(owners),
      ),
    });
  }

  getClusters(caller: AuthorizedCaller) {
    return this.#options.fleet.getClusters(caller);
  }

  async runCommand(
    command: Parameters<GitopsAnswers['runCommand']>[0],
    caller: AuthorizedCaller,
  ) {
    const { application } = await this.#find(command.id, caller);
    return this.#options.commands.run({ ...command, application }, caller);
  }

  async getCommandRun(
    id: string,
    caller: AuthorizedCaller,
  ): Promise<CommandRun> {
    const { store, directory } = this.#options;
    const stored = await store.getStoredCommandRun(id);
    const application =
      stored && (await store.getApplication(stored.run.applicationId));
    const entityRef = application ? application.entityRef : stored?.entityRef;
    const services = await directory.getServices(caller.credentials, {
      including: entityRef ? [entityRef] : [],
    });
    if (!stored || !isReadable(entityRef, services, caller)) {
      throw new NotFoundError(
        `There is no command '${id}' that you may see; commands are forgotten after 30 days`,
      );
    }
    return stored.run;
  }

  checkName(query: NameCheckQuery, caller: AuthorizedCaller) {
    return this.#options.names.check(query, caller.credentials);
  }
}
