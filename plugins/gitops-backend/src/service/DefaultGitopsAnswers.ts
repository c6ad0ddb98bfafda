import { NotFoundError, toError } from '@backstage/errors';
import {
  explainApplication,
  type Application,
  type ApplicationsQuery,
  type ApplicationsResponse,
  type ClusterStatus,
  type CommandRun,
  type Deployment,
  type DeploymentsQuery,
  type DeploymentsResponse,
  type DoraQuery,
  type Environment,
  type FleetQuery,
  type FleetResponse,
  type NameCheckQuery,
  type ServiceResponse,
} from '@fairway/plugin-gitops-common';
import type { DoraService } from '../dora';
import {
  objectId,
  type ApplicationFilter,
  type CommandStore,
  type GitopsReader,
} from '../store';
import { buildService } from './buildService';
import { countApplications, errorsOf } from './clusterAnswers';
import type { CommandRunner } from './CommandRunner';
import { pageOf } from './cursor';
import { fleetCounts } from './fleetCounts';
import { buildFleetRows, filterFleetRows, sortFleetRows } from './fleetRows';
import type { AuthorizedCaller, GitopsAnswers } from './GitopsAnswers';
import { isReadable } from './isReadable';
import { markStale } from './markStale';
import type { NameChecker } from './NameChecker';
import type { Service, ServiceDirectory } from './ServiceDirectory';

const DEFAULT_LIMIT = 50;
/** The first page of a service's timeline: what a person reads before asking for more. */
const TIMELINE_LIMIT = 12;
/** How far back a commit may wait for the next environment, in days. */
const WAITING_DAYS = 90;
const DAY_MS = 86_400_000;
/** How far back a command is of interest on a service's page, and how many are. */
const COMMANDS_MS = 3_600_000;
const COMMANDS_LIMIT = 20;
/** Dependencies that are looked at to explain an application. */
const DEPENDENCIES_LIMIT = 20;

/** What {@link DefaultGitopsAnswers} stands on. */
export interface DefaultGitopsAnswersOptions {
  store: GitopsReader &
    Pick<CommandStore, 'getStoredCommandRun' | 'listCommandRuns'>;
  directory: ServiceDirectory;
  dora: DoraService;
  commands: CommandRunner;
  names: NameChecker;
  /** In the order of promotion. */
  environments: Environment[];
  now?: () => Date;
}

type Services = ReadonlyMap<string, Service>;

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
    const { dora, environments } = this.#options;
    const { services, applications, clusters } = await this.#read(caller);
    const rows = buildFleetRows(services.values(), applications);
    const sort = query.sort ?? 'name';
    const page = pageOf(sortFleetRows(filterFleetRows(rows, query), sort), {
      sort,
      limit: query.limit ?? DEFAULT_LIMIT,
      cursor: query.cursor,
    });
    const leadTimes = await dora.leadTimes(
      page.items.flatMap(({ entityRef }) => entityRef ?? []),
    );
    return {
      environments,
      rows: page.items.map(row => ({
        ...row,
        leadTimeSeconds: row.entityRef && leadTimes.get(row.entityRef),
      })) as FleetResponse['rows'],
      totalRows: page.total,
      nextCursor: page.nextCursor,
      counts: fleetCounts(rows, applications),
      clusters: countApplications(clusters, applications),
      errors: errorsOf(clusters),
    };
  }

  async getApplications(
    query: ApplicationsQuery,
    caller: AuthorizedCaller,
  ): Promise<ApplicationsResponse> {
    const { owner, system, entityRef, limit, cursor, ...filter } = query;
    const sort = query.sort ?? 'name';
    const { services, applications, clusters } = await this.#read(caller, {
      ...filter,
      sort,
      ...(entityRef?.length && { entityRefs: entityRef }),
    });
    const matching = applications.filter(application => {
      const service = services.get(application.entityRef ?? '');
      return (
        (!owner?.length || owner.includes(service?.owner ?? '')) &&
        (!system?.length || system.includes(service?.system ?? ''))
      );
    });
    const page = pageOf(matching, {
      sort,
      limit: limit ?? DEFAULT_LIMIT,
      cursor,
    });
    return {
      items: page.items,
      totalItems: page.total,
      nextCursor: page.nextCursor,
      errors: errorsOf(clusters),
    };
  }

  async getApplication(
    id: string,
    caller: AuthorizedCaller,
  ): Promise<Application> {
    const { store, directory } = this.#options;
    const [application, clusters] = await Promise.all([
      store.getApplication(id),
      store.listClusterStatus(),
    ]);
    const services = await directory.getServices(caller.credentials, {
      including: application?.entityRef ? [application.entityRef] : [],
    });
    if (!application || !isReadable(application.entityRef, services, caller)) {
      throw new NotFoundError(
        `There is no application '${id}' that you may see; look for it in the fleet`,
      );
    }
    return markStale([application], clusters)[0];
  }

  async explainApplication(id: string, caller: AuthorizedCaller) {
    const { store, commands } = this.#options;
    const application = await this.getApplication(id, caller);
    const { entityRef, sync, dependsOn = [] } = application;
    const [facts, clusters, dependencies, syncRefusal] = await Promise.all([
      entityRef ? store.listFacts({ entityRefs: [entityRef] }) : [],
      store.listClusterStatus(),
      Promise.all(
        dependsOn.slice(0, DEPENDENCIES_LIMIT).map(async ref => {
          try {
            return [await this.getApplication(objectId(ref), caller)];
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
    ]);
    return {
      application,
      explanation: explainApplication(application, {
        ...{ facts, clusters, syncRefusal },
        dependencies: dependencies.flat(),
      }),
    };
  }

  async getService(
    entityRef: string,
    caller: AuthorizedCaller,
  ): Promise<ServiceResponse> {
    const { store, dora, directory, environments } = this.#options;
    const services = await directory.getServices(caller.credentials, {
      including: [entityRef],
    });
    const service = services.get(entityRef);
    if (!service || !caller.mayRead(service.owners)) {
      throw new NotFoundError(
        `There is no component ${entityRef} that you may see; look for it in the catalog`,
      );
    }
    const now = this.#options.now?.() ?? new Date();
    const [
      page,
      clusters,
      deployments,
      recent,
      report,
      facts,
      operate,
      commandRuns,
    ] = await Promise.all([
      store.listApplications({ entityRefs: [entityRef] }),
      store.listClusterStatus(),
      store.listDeployments({
        entityRef: [entityRef],
        limit: TIMELINE_LIMIT,
      }),
      store.deploymentsInWindow({
        from: new Date(now.getTime() - WAITING_DAYS * DAY_MS).toISOString(),
        to: new Date(now.getTime() + DAY_MS).toISOString(),
        entityRefs: [entityRef],
      }),
      dora.getReport(
        { scope: { kind: 'service', ref: entityRef } },
        { services: [service] },
      ),
      store.listFacts({ entityRefs: [entityRef] }),
      caller.mayOperate(service),
      store.listCommandRuns({
        entityRef,
        since: new Date(now.getTime() - COMMANDS_MS).toISOString(),
        limit: COMMANDS_LIMIT,
      }),
    ]);
    const applications = markStale(page.items, clusters);
    return {
      entityRef,
      ...buildService({ environments, applications, deployments: recent }),
      deployments: deployments.items,
      commandRuns,
      nextDeploymentsCursor: deployments.nextCursor,
      dora: report.report,
      facts,
      permissions: { operate },
      clusters: countApplications(
        clusters.filter(({ name }) =>
          applications.some(({ ref }) => ref.cluster === name),
        ),
        applications,
      ),
      errors: errorsOf(clusters),
    };
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

  async getClusters(caller: AuthorizedCaller) {
    const { applications, clusters } = await this.#read(caller);
    return { items: countApplications(clusters, applications) };
  }

  async runCommand(
    command: Parameters<GitopsAnswers['runCommand']>[0],
    caller: AuthorizedCaller,
  ) {
    const application = await this.getApplication(command.id, caller);
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

  /** What the caller may see, with one query of the store and one of the catalog. */
  async #read(
    caller: AuthorizedCaller,
    filter: ApplicationFilter & { sort?: ApplicationsQuery['sort'] } = {},
  ): Promise<{
    services: Services;
    applications: Application[];
    clusters: ClusterStatus[];
  }> {
    const { store, directory } = this.#options;
    const [stored, clusters] = await Promise.all([
      store.listApplications(filter),
      store.listClusterStatus(),
    ]);
    const all = await directory.getServices(caller.credentials, {
      including: stored.items.flatMap(({ entityRef }) => entityRef ?? []),
    });
    const services = new Map(
      [...all].filter(([, { owners }]) => caller.mayRead(owners)),
    );
    const applications = stored.items.filter(({ entityRef }) =>
      isReadable(entityRef, services, caller),
    );
    return {
      services,
      applications: markStale(applications, clusters),
      clusters,
    };
  }
}
