import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import { RiShip2Line } from '@remixicon/react';
import { gitopsApi } from './apis';
import { deploymentsEntityCard } from './entityCards';
import { deploymentsEntityContent } from './entityContents';
import {
  deploymentFormField,
  environmentFormField,
  layoutFormField,
  serviceNameFormField,
} from './formFields';
import { clustersPage, doraPage, fleetPage, gitopsPage } from './pages';
import {
  clustersRouteRef,
  createServiceRouteRef,
  doraRouteRef,
  fleetRouteRef,
  rootRouteRef,
  serviceRouteRef,
} from './routes';

/** The deployment dashboard for the new frontend system. @public */
export const gitopsPlugin = createFrontendPlugin({
  pluginId: 'gitops',
  title: 'Deployments',
  icon: <RiShip2Line />,
  info: { packageJson: () => import('../package.json') },
  routes: {
    root: rootRouteRef,
    fleet: fleetRouteRef,
    dora: doraRouteRef,
    clusters: clustersRouteRef,
    service: serviceRouteRef,
  },
  externalRoutes: { createService: createServiceRouteRef },
  extensions: [
    gitopsApi,
    gitopsPage,
    fleetPage,
    doraPage,
    clustersPage,
    deploymentsEntityCard,
    deploymentsEntityContent,
    serviceNameFormField,
    layoutFormField,
    environmentFormField,
    deploymentFormField,
  ],
});
