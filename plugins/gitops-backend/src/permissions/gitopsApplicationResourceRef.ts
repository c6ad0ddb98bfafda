import { createPermissionResourceRef } from '@backstage/plugin-permission-node';
import { RESOURCE_TYPE_GITOPS_APPLICATION } from '@fairway/plugin-gitops-common';

/** What permission rules decide about. */
export interface OwnedApplication {
  /** Entity refs of the owners of its component; empty when it belongs to none. */
  owners: readonly string[];
}

/** A condition as a query: the owners are among these. */
export interface OwnedApplicationQuery {
  owners: readonly string[];
}

/** Names the applications of Fairway to the permission system. */
export const gitopsApplicationResourceRef = createPermissionResourceRef<
  OwnedApplication,
  OwnedApplicationQuery
>().with({
  pluginId: 'gitops',
  resourceType: RESOURCE_TYPE_GITOPS_APPLICATION,
});
