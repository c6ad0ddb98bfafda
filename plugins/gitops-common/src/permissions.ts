import { createPermission } from '@backstage/plugin-permission-common';

/** The resource type of an application in permission policies. @public */
export const RESOURCE_TYPE_GITOPS_APPLICATION = 'gitops-application';

/** Allows reading applications, their deployments, failures and metrics. @public */
export const gitopsApplicationReadPermission = createPermission({
  name: 'gitops.application.read',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_GITOPS_APPLICATION,
});

/** Allows the commands that change no desired state: sync, refresh, suspend, resume, terminate. @public */
export const gitopsApplicationOperatePermission = createPermission({
  name: 'gitops.application.operate',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_GITOPS_APPLICATION,
});

/**
 * Reserved for annotating deployments: marking one as failed, or correcting what Fairway recorded
 * about it. Nothing asks for it yet.
 *
 * @public
 */
export const gitopsDeploymentAnnotatePermission = createPermission({
  name: 'gitops.deployment.annotate',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_GITOPS_APPLICATION,
});

/** Reserved for opening and resolving incidents. Nothing asks for it yet. @public */
export const gitopsIncidentCreatePermission = createPermission({
  name: 'gitops.incident.create',
  attributes: { action: 'create' },
});

/**
 * Shows Fairway's tools to AI clients, and its actions to templates. What a tool answers and does
 * is decided by the other permissions, as the caller; this one has no resource, so that a policy
 * which decides by owner does not hide the tools from everybody.
 *
 * @public
 */
export const gitopsToolUsePermission = createPermission({
  name: 'gitops.tool.use',
  attributes: { action: 'read' },
});

/** Every permission of Fairway. @public */
export const gitopsPermissions = [
  gitopsApplicationReadPermission,
  gitopsApplicationOperatePermission,
  gitopsDeploymentAnnotatePermission,
  gitopsIncidentCreatePermission,
  gitopsToolUsePermission,
];
