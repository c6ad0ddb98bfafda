import type {
  AuditorService,
  PermissionsRegistryService,
} from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import { createConditionAuthorizer } from '@backstage/plugin-permission-node';
import type { JsonObject } from '@backstage/types';
import {
  gitopsApplicationReadPermission,
  type Application,
  type ApplicationsQuery,
  type CommandPermission,
  type DeploymentsQuery,
  type DoraQuery,
  type FleetQuery,
  type NameCheckQuery,
} from '@fairway/plugin-gitops-common';
import type { Service } from '../catalog';
import {
  gitopsApplicationResourceRef,
  type OwnedApplication,
} from '../permissions';
import {
  decisionKey,
  type CallerDecisions,
  type Decisions,
} from './CallerDecisions';
import { subjectOf } from './CommandRunner';
import type {
  AuthorizedCaller,
  Caller,
  GitopsAnswers,
  GitopsPage,
} from './GitopsAnswers';
import type { ServiceDirectory } from './ServiceDirectory';
import { withAuditEvent } from './withAuditEvent';

type IsAuthorized = (
  decision: PolicyDecision,
  resource: OwnedApplication | undefined,
) => boolean;

/**
 * Asks the permission policy as the caller, before anything is read or written. HTTP routes and
 * actions alike go through it.
 *
 * @remarks
 * Conditions are applied here, to the owners of the component that an application belongs to.
 * Whatever is not clearly allowed is refused. Each command leaves one audit event, also when it
 * was refused; its end names the application as people know it.
 */
export class AuthorizedGitopsAnswers implements GitopsAnswers {
  readonly #answers: GitopsAnswers<AuthorizedCaller>;
  readonly #directory: ServiceDirectory;
  readonly #decisions: CallerDecisions;
  readonly #auditor: AuditorService;
  readonly #isAuthorized: IsAuthorized;

  constructor(options: {
    answers: GitopsAnswers<AuthorizedCaller>;
    directory: ServiceDirectory;
    decisions: CallerDecisions;
    /** After the resource type was registered with it. */
    permissionsRegistry: PermissionsRegistryService;
    auditor: AuditorService;
  }) {
    this.#answers = options.answers;
    this.#directory = options.directory;
    this.#decisions = options.decisions;
    this.#auditor = options.auditor;
    this.#isAuthorized = createConditionAuthorizer(
      options.permissionsRegistry.getPermissionRuleset(
        gitopsApplicationResourceRef,
      ),
    );
  }

  async getFleet(query: FleetQuery, caller: Caller) {
    return this.#answers.getFleet(query, await this.#authorize(caller));
  }

  async getApplications(query: ApplicationsQuery, caller: Caller) {
    return this.#answers.getApplications(query, await this.#authorize(caller));
  }

  async getApplication(id: string, caller: Caller) {
    return this.#answers.getApplication(id, await this.#authorize(caller));
  }

  async explainApplication(id: string, caller: Caller) {
    return this.#answers.explainApplication(id, await this.#authorize(caller));
  }

  async getService(entityRef: string, caller: Caller) {
    return this.#answers.getService(entityRef, await this.#authorize(caller));
  }

  async prepare(page: GitopsPage, caller: Caller) {
    return this.#answers.prepare(page, await this.#authorize(caller));
  }

  async getDeployments(query: DeploymentsQuery, caller: Caller) {
    return this.#answers.getDeployments(query, await this.#authorize(caller));
  }

  async getDeployment(id: string, caller: Caller) {
    return this.#answers.getDeployment(id, await this.#authorize(caller));
  }

  async getDora(query: DoraQuery, caller: Caller) {
    return this.#answers.getDora(query, await this.#authorize(caller));
  }

  async getClusters(caller: Caller) {
    return this.#answers.getClusters(await this.#authorize(caller));
  }

  async getCommandRun(id: string, caller: Caller) {
    return this.#answers.getCommandRun(id, await this.#authorize(caller));
  }

  async checkName(query: NameCheckQuery, caller: Caller) {
    return this.#answers.checkName(query, await this.#authorize(caller));
  }

  async runCommand(
    command: Parameters<GitopsAnswers['runCommand']>[0],
    caller: Caller,
  ) {
    return withAuditEvent({
      auditor: this.#auditor,
      event: {
        eventId: `application-${command.command}`,
        severityLevel: 'medium',
        ...(caller.request && { request: caller.request }),
        meta: {
          applicationId: command.id,
          subject: subjectOf(caller.credentials),
          request: JSON.parse(JSON.stringify(command.request)),
        },
      },
      run: async tell => {
        // What was decided for a page view is not good enough for a command.
        const decisions = await this.#decisions.ask(caller.credentials);
        const authorized = this.#authorizedBy(decisions, caller);
        const application = await this.#answers.getApplication(
          command.id,
          authorized,
        );
        tell(namesOf(application));
        const permission = this.#mayOperate(
          decisions,
          await this.#serviceOf(application, caller),
        );
        if (!permission.allowed) {
          throw new NotAllowedError(permission.reason);
        }
        const given = await this.#answers.runCommand(command, authorized);
        tell({ runId: given.run.id });
        return given;
      },
    });
  }

  async #authorize(caller: Caller): Promise<AuthorizedCaller> {
    const decisions = await this.#decisions.get(caller.credentials);
    return this.#authorizedBy(decisions, caller);
  }

  #authorizedBy(decisions: Decisions, caller: Caller): AuthorizedCaller {
    const { read } = decisions;
    if (
      read.result !== AuthorizeResult.ALLOW &&
      read.result !== AuthorizeResult.CONDITIONAL
    ) {
      throw new NotAllowedError(
        `You may not read applications; ask who administers the portal for the permission ${gitopsApplicationReadPermission.name}`,
      );
    }
    return {
      credentials: caller.credentials,
      mayRead: owners => this.#isAuthorized(read, { owners }),
      readKey: decisionKey(read),
      mayOperate: async service => this.#mayOperate(decisions, service),
    };
  }

  /** The component of an application as the catalog shows it to the caller now. */
  async #serviceOf(
    { id, entityRef }: Application,
    caller: Caller,
  ): Promise<Service | undefined> {
    if (!entityRef) {
      return undefined;
    }
    const service = await this.#directory.findService(
      entityRef,
      caller.credentials,
    );
    if (!service) {
      throw new NotFoundError(
        `The catalog shows you no component ${entityRef}, which application '${id}' belongs to; look for it in the catalog`,
      );
    }
    return service;
  }

  #mayOperate(
    { operate: decision }: Decisions,
    service: Service | undefined,
  ): CommandPermission {
    // What belongs to no component has no owner whom a condition could speak of.
    const allowed = service
      ? this.#isAuthorized(decision, { owners: service.owners })
      : decision.result === AuthorizeResult.ALLOW;
    if (allowed) {
      return { allowed };
    }
    return {
      allowed: false,
      reason: service
        ? `You may not give commands to ${service.title ?? service.name}; ask ${
            service.owner
              ? parseEntityRef(service.owner).name
              : 'who administers the portal'
          }`
        : 'You may not give commands to an application that belongs to no component; register its component first',
    };
  }
}

/** What an application is known by, for who reads what was done to it. */
function namesOf({ ref, entityRef, environment }: Application): JsonObject {
  const { cluster, kind, namespace, name } = ref;
  return {
    ...{ cluster, kind, name },
    ...(namespace && { namespace }),
    ...(entityRef && { entityRef }),
    ...(environment && { environment }),
  };
}
