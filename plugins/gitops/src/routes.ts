// Refs of core-plugin-api work in the new and in the legacy system; those of
// frontend-plugin-api only in the new one.
import {
  createExternalRouteRef,
  createRouteRef,
  createSubRouteRef,
} from '@backstage/core-plugin-api';

/** The deployments pages. @public */
export const rootRouteRef = createRouteRef({ id: 'gitops' });

/** Services by environments. @public */
export const fleetRouteRef = createSubRouteRef({
  id: 'gitops.fleet',
  parent: rootRouteRef,
  path: '/fleet',
});

/** The DORA metrics of everything. @public */
export const doraRouteRef = createSubRouteRef({
  id: 'gitops.dora',
  parent: rootRouteRef,
  path: '/dora',
});

/** What is watched, and what of it cannot be seen. @public */
export const clustersRouteRef = createSubRouteRef({
  id: 'gitops.clusters',
  parent: rootRouteRef,
  path: '/clusters',
});

/** The deployments of one service, on its entity page. @public */
export const serviceRouteRef = createRouteRef({ id: 'gitops.service' });

/** Where services are created; the button is left out when nothing is bound. @public */
export const createServiceRouteRef = createExternalRouteRef({
  id: 'gitops.create-service',
  optional: true,
  defaultTarget: 'scaffolder.root',
});
