import type { PermissionsRegistryService } from '@backstage/backend-plugin-api';
import { isResourcePermission } from '@backstage/plugin-permission-common';
import { gitopsPermissions } from '@fairway/plugin-gitops-common';
import type { GitopsReader } from '../store';
import type { OwnersOfEntities } from '../service/OwnersOfEntities';
import { gitopsApplicationResourceRef } from './gitopsApplicationResourceRef';
import { isEntityOwner } from './isEntityOwner';

/** Tells the permission system which permissions, resources and rules there are. */
export function registerGitopsPermissions(options: {
  permissionsRegistry: PermissionsRegistryService;
  store: Pick<GitopsReader, 'getApplications'>;
  owners: OwnersOfEntities;
}): void {
  const { permissionsRegistry, store, owners } = options;
  permissionsRegistry.addResourceType({
    resourceRef: gitopsApplicationResourceRef,
    permissions: gitopsPermissions.filter(permission =>
      isResourcePermission(permission),
    ),
    rules: [isEntityOwner],
    getResources: async ids => {
      const applications = await store.getApplications(ids);
      const ownersOf = await owners.getOwners(
        applications.flatMap(({ entityRef }) => entityRef ?? []),
      );
      const byId = new Map(
        applications.map(application => [application.id, application]),
      );
      return ids.map(id => {
        const application = byId.get(id);
        return (
          application && {
            owners: application.entityRef
              ? ownersOf.get(application.entityRef) ?? []
              : [],
          }
        );
      });
    },
  });
  permissionsRegistry.addPermissions(
    gitopsPermissions.filter(permission => !isResourcePermission(permission)),
  );
}
