import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { PolicyDecision } from '@backstage/plugin-permission-common';
import type {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import {
  catalogEntityDeletePermission,
  catalogEntityRefreshPermission,
} from '@backstage/plugin-catalog-common/alpha';
import {
  catalogConditions,
  createCatalogConditionalDecision,
} from '@backstage/plugin-catalog-backend/alpha';
import {
  isPermission,
  isResourcePermission,
} from '@backstage/plugin-permission-common';
import {
  RESOURCE_TYPE_GITOPS_APPLICATION,
  gitopsApplicationReadPermission,
} from '@fairway/plugin-gitops-common';

/**
 * Permissions that a signed-in user has although they are not reads: each acts for the user alone,
 * or ends in a pull request that somebody reviews.
 */
const FREE_FOR_USERS: ReadonlySet<string> = new Set([
  // Run a golden path; what it does is a pull request, or a repository of the user's own team.
  'scaffolder.action.execute',
  'scaffolder.task.create',
  'scaffolder.task.cancel',
  'scaffolder.template.parameter.read',
  'scaffolder.template.step.read',
  // A golden path registers what it made.
  'catalog.entity.create',
  'catalog.location.create',
  'catalog.location.analyze',
  // Reading logs; the module beside this one refuses writes through the proxy.
  'kubernetes.proxy',
  'gitops.incident.create',
]);

/**
 * Everybody who is signed in reads everything; owners operate, annotate, refresh and remove what
 * they own; what no rule names is refused.
 */
export class FairwayPolicy implements PermissionPolicy {
  async handle(
    request: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    const { permission } = request;
    if (!user) {
      return { result: AuthorizeResult.DENY };
    }
    const claims = user.info.ownershipEntityRefs;

    if (
      permission.attributes.action === 'read' ||
      isPermission(permission, gitopsApplicationReadPermission) ||
      FREE_FOR_USERS.has(permission.name)
    ) {
      return { result: AuthorizeResult.ALLOW };
    }

    if (isResourcePermission(permission, RESOURCE_TYPE_GITOPS_APPLICATION)) {
      return {
        result: AuthorizeResult.CONDITIONAL,
        pluginId: 'gitops',
        resourceType: RESOURCE_TYPE_GITOPS_APPLICATION,
        conditions: {
          rule: 'IS_ENTITY_OWNER',
          resourceType: RESOURCE_TYPE_GITOPS_APPLICATION,
          params: { claims },
        },
      };
    }

    if (
      isPermission(permission, catalogEntityDeletePermission) ||
      isPermission(permission, catalogEntityRefreshPermission)
    ) {
      return createCatalogConditionalDecision(
        permission,
        catalogConditions.isEntityOwner({ claims }),
      );
    }

    return { result: AuthorizeResult.DENY };
  }
}
