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

/** Allows marking a deployment as failed, or correcting what Fairway recorded about it. @public */
export const gitopsDeploymentAnnotatePermission = createPermission({
  name: 'gitops.deployment.annotate',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_GITOPS_APPLICATION,
});

/** Allows opening and resolving incidents. @public */
export const gitopsIncidentCreatePermission = createPermission({
  name: 'gitops.incident.create',
  attributes: { action: 'create' },
});

/** Every permission of Fairway. @public */
export const gitopsPermissions = [
  gitopsApplicationReadPermission,
  gitopsApplicationOperatePermission,
  gitopsDeploymentAnnotatePermission,
  gitopsIncidentCreatePermission,
];
