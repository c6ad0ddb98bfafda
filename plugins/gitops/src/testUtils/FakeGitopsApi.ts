import { NotFoundError } from '@backstage/errors';
import {
  HEALTH_STATUSES,
  SYNC_STATUSES,
  type Application,
  type ApplicationCommand,
  type ApplicationResponse,
  type ClusterStatus,
  type CommandPermission,
  type CommandRequest,
  type CommandRun,
  type Deployment,
  type DeploymentsQuery,
  type DoraQuery,
  type Fact,
  type FleetQuery,
  type FleetResponse,
  type FleetRow,
  type GitopsApi,
  type NameCheckQuery,
  type NameCheckResponse,
  type ServiceResponse,
} from '@fairway/plugin-gitops-common';
import { sampleDora } from './sampleDora';
import { sampleDoraResponse } from './sampleDoraResponse';
import {
  sampleApplications,
  sampleClusters,
  sampleCommit,
  sampleDeployments,
  sampleEnvironments,
  sampleRows,
} from './sampleFleet';

function matches(row: FleetRow, query: FleetQuery): boolean {
  const any = <T>(wanted: T[] | undefined, has: (value: T) => boolean) =>
    !wanted?.length || wanted.some(has);
  const text = [
    row.name,
    row.owner,
    ...row.cells.flatMap(({ ref, version }) => [ref.name, version]),
  ].join(' ');
  return (
    text.toLowerCase().includes((query.search ?? '').toLowerCase()) &&
    any(query.entityRef, ref => row.entityRef === ref) &&
    any(query.owner, owner => row.owner === owner) &&
    any(query.engine, engine => row.engines.includes(engine)) &&
    any(query.health, h => row.cells.some(({ health }) => health === h)) &&
    any(query.sync, s => row.cells.some(({ sync }) => sync === s)) &&
    (!query.unregistered || row.unregistered)
  );
}

function counts<T extends string>(names: readonly T[], values: T[]) {
  return Object.fromEntries(
    names.map(name => [name, values.filter(value => value === name).length]),
  ) as Record<T, number>;
}

/**
 * A small Fairway in memory for tests and for looking at the screens: it filters, pages
 * and obeys commands. Change its public fields to bring it into another state.
 */
export class FakeGitopsApi implements GitopsApi {
  applications: Application[] = sampleApplications();
  clusters: ClusterStatus[] = sampleClusters();
  deployments: Deployment[] = sampleDeployments();
  facts: Fact[] = [];
  operate: CommandPermission = { allowed: true };
  pageSize = 10;
  /** Names that are taken in the forge. */
  takenNames = ['orders'];
  /** Every call, in order. */
  readonly calls: Array<{ method: string; args: unknown[] }> = [];
  /** When set, every call fails with it. */
  error?: Error;

  #called(method: string, ...args: unknown[]) {
    this.calls.push({ method, args });
    if (this.error) {
      throw this.error;
    }
  }

  async getFleet(query: FleetQuery = {}): Promise<FleetResponse> {
    this.#called('getFleet', query);
    const all = sampleRows(this.applications);
    const matching = all.filter(row => matches(row, query));
    const start = Number(query.cursor ?? 0);
    const end = start + Math.min(query.limit ?? 50, 500);
    return {
      environments: sampleEnvironments,
      rows: matching.slice(start, end),
      totalRows: matching.length,
      nextCursor: end < matching.length ? String(end) : undefined,
      counts: {
        services: all.length - 1,
        applications: this.applications.length,
        health: counts(
          HEALTH_STATUSES,
          this.applications.map(({ health }) => health),
        ),
        sync: counts(
          SYNC_STATUSES,
          this.applications.map(({ sync }) => sync),
        ),
        unregistered: all.filter(({ unregistered }) => unregistered).length,
      },
      clusters: this.clusters,
      errors: [],
    };
  }

  async getApplications() {
    this.#called('getApplications');
    return {
      items: this.applications,
      totalItems: this.applications.length,
      errors: [],
    };
  }

  async getApplication(id: string): Promise<ApplicationResponse> {
    this.#called('getApplication', id);
    return {
      ...this.#application(id),
      commandRuns: this.runs.filter(run => run.applicationId === id),
      permissions: { operate: this.operate },
    };
  }

  async getService(entityRef: string): Promise<ServiceResponse> {
    this.#called('getService', entityRef);
    const own = this.applications.filter(a => a.entityRef === entityRef);
    const deployments = this.deployments.filter(
      deployment => deployment.entityRef === entityRef,
    );
    return {
      entityRef,
      environments: sampleEnvironments.map((environment, index) => ({
        environment,
        applications: own.filter(a => a.environment === environment.name),
        waiting:
          index === 0 || own.length === 0
            ? { count: 0, commits: [] }
            : {
                count: index + 1,
                commits: Array.from({ length: index + 1 }, (_, commit) =>
                  sampleCommit(commit),
                ),
              },
      })),
      otherApplications: own.filter(
        ({ environment }) =>
          !sampleEnvironments.some(({ name }) => name === environment),
      ),
      deployments: deployments.slice(0, this.pageSize),
      commandRuns: this.runs.filter(run =>
        own.some(({ id }) => id === run.applicationId),
      ),
      nextDeploymentsCursor:
        deployments.length > this.pageSize ? String(this.pageSize) : undefined,
      dora: sampleDora(),
      // Those that nobody owns are shared by all.
      facts: this.facts.filter(
        fact => (fact.entityRef ?? entityRef) === entityRef,
      ),
      permissions: { operate: this.operate },
      clusters: this.clusters.filter(({ name }) =>
        own.some(({ ref }) => ref.cluster === name),
      ),
      errors: [],
    };
  }

  async getDeployments(query: DeploymentsQuery = {}) {
    this.#called('getDeployments', query);
    const matching = this.deployments.filter(
      deployment =>
        (!query.entityRef ||
          query.entityRef.includes(deployment.entityRef ?? '')) &&
        (!query.environment ||
          query.environment.includes(deployment.environment ?? '')),
    );
    const start = Number(query.cursor ?? 0);
    const end = start + this.pageSize;
    return {
      items: matching.slice(start, end),
      totalItems: matching.length,
      nextCursor: end < matching.length ? String(end) : undefined,
    };
  }

  async getDeployment(id: string): Promise<Deployment> {
    this.#called('getDeployment', id);
    const deployment = this.deployments.find(one => one.id === id);
    if (!deployment) {
      throw new NotFoundError(`No deployment has the id ${id}.`);
    }
    return deployment;
  }

  async getDora(query: DoraQuery) {
    this.#called('getDora', query);
    return sampleDoraResponse({
      query,
      deployments: this.deployments,
      rows: sampleRows(this.applications),
    });
  }

  async getClusters() {
    this.#called('getClusters');
    return { items: this.clusters };
  }

  /** Commands that were given, newest first. */
  runs: CommandRun[] = [];
  /** When set, every command is refused with it. */
  refusal?: Error;

  async getCommandRun(id: string) {
    this.#called('getCommandRun', id);
    const run = this.runs.find(one => one.id === id);
    if (!run) {
      throw new NotFoundError(`There is no command ${id}`);
    }
    return run;
  }

  /** The last command stands otherwise from now on. */
  tell(change: Partial<CommandRun>) {
    const [last, ...others] = this.runs;
    this.runs = [{ ...last, ...change }, ...others];
  }

  async runCommand(
    id: string,
    command: ApplicationCommand,
    request?: CommandRequest,
  ) {
    this.#called('runCommand', id, command, request);
    if (this.refusal) {
      throw this.refusal;
    }
    const application: Application = {
      ...this.#application(id),
      health: 'progressing',
      sync: 'synced',
      operation: { phase: 'running' },
    };
    this.applications = this.applications.map(one =>
      one.id === id ? application : one,
    );
    const message = `Asked for ${command} of ${application.ref.name}.`;
    const run: CommandRun = {
      ...{ id: `run-${this.runs.length + 1}`, applicationId: id },
      ...{ command, message, request: request ?? {} },
      requestedBy: 'user:default/ada',
      requestedAt: new Date().toISOString(),
      state: 'requested',
    };
    this.runs = [run, ...this.runs];
    return { application, command, message, run };
  }

  async checkName(query: NameCheckQuery): Promise<NameCheckResponse> {
    this.#called('checkName', query);
    const valid = /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(query.name);
    const taken = this.takenNames.includes(query.name);
    return {
      valid: valid && !taken,
      checks: [
        valid
          ? { where: 'format', state: 'free' }
          : {
              where: 'format',
              state: 'invalid',
              message:
                'Use lower case letters, digits and hyphens, and begin with a letter.',
            },
        { where: 'catalog', state: 'free' },
        { where: 'cluster', state: 'free' },
        taken
          ? {
              where: 'forge',
              state: 'taken',
              message: `The repository acme/${query.name} exists. Choose another name.`,
            }
          : { where: 'forge', state: query.repoUrl ? 'free' : 'unknown' },
      ],
    };
  }

  #application(id: string): Application {
    const application = this.applications.find(one => one.id === id);
    if (!application) {
      throw new NotFoundError(`No application has the id ${id}.`);
    }
    return application;
  }
}
