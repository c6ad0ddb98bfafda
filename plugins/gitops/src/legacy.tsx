/**
 * The deployment dashboard for apps on the legacy frontend system.
 *
 * @packageDocumentation
 */
import {
  createApiFactory,
  createComponentExtension,
  createPlugin,
  createRoutableExtension,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { createScaffolderFieldExtension } from '@backstage/plugin-scaffolder-react';
import { GitopsClient } from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from './apis';
import { DeploymentField } from './components/DeploymentField';
import { EnvironmentField } from './components/EnvironmentField';
import { LayoutField } from './components/LayoutField';
import { ServiceNameField } from './components/ServiceNameField';
import { validateServiceName } from './model/validateServiceName';
import {
  clustersRouteRef,
  createServiceRouteRef,
  doraRouteRef,
  fleetRouteRef,
  rootRouteRef,
  serviceRouteRef,
} from './routes';

export { gitopsApiRef };

/** The deployment dashboard for the legacy frontend system. @public */
export const gitopsPlugin = createPlugin({
  id: 'gitops',
  apis: [
    createApiFactory({
      api: gitopsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new GitopsClient(deps),
    }),
  ],
  routes: {
    root: rootRouteRef,
    fleet: fleetRouteRef,
    dora: doraRouteRef,
    clusters: clustersRouteRef,
    service: serviceRouteRef,
  },
  externalRoutes: { createService: createServiceRouteRef },
});

/** The fleet and DORA pages, for a route of the app. @public */
export const GitopsPage = gitopsPlugin.provide(
  createRoutableExtension({
    name: 'GitopsPage',
    mountPoint: rootRouteRef,
    component: () =>
      import('./components/LegacyGitopsPage').then(m => m.LegacyGitopsPage),
  }),
);

/** The deployments of a component, for a route of its entity page. @public */
export const EntityGitopsContent = gitopsPlugin.provide(
  createRoutableExtension({
    name: 'EntityGitopsContent',
    mountPoint: serviceRouteRef,
    component: () =>
      import('./components/ServiceContent').then(m => m.ServiceContent),
  }),
);

/** A summary of the deployments of a component, for the overview of its entity page. @public */
export const EntityGitopsCard = gitopsPlugin.provide(
  createComponentExtension({
    name: 'EntityGitopsCard',
    component: {
      lazy: () => import('./components/ServiceCard').then(m => m.ServiceCard),
    },
  }),
);

/** The scaffolder's form field for the name of a new service. @public */
export const GitopsServiceNameFieldExtension = gitopsPlugin.provide(
  createScaffolderFieldExtension({
    name: 'GitopsServiceName',
    component: ServiceNameField,
    validation: validateServiceName,
  }),
);

/** The scaffolder's form field for where the manifests of a new service live. @public */
export const GitopsLayoutFieldExtension = gitopsPlugin.provide(
  createScaffolderFieldExtension({
    name: 'GitopsLayout',
    component: LayoutField,
  }),
);

/** The scaffolder's form field for an environment of a service. @public */
export const GitopsEnvironmentFieldExtension = gitopsPlugin.provide(
  createScaffolderFieldExtension({
    name: 'GitopsEnvironmentPicker',
    component: EnvironmentField,
  }),
);

/** The scaffolder's form field for a deployment of a service. @public */
export const GitopsDeploymentFieldExtension = gitopsPlugin.provide(
  createScaffolderFieldExtension({
    name: 'GitopsDeploymentPicker',
    component: DeploymentField,
  }),
);
