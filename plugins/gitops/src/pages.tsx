import {
  PageBlueprint,
  SubPageBlueprint,
} from '@backstage/frontend-plugin-api';
import { rootRouteRef } from './routes';

/** The parent of the sub-pages; it draws the header with one tab for each. */
export const gitopsPage = PageBlueprint.make({
  params: { path: '/gitops', routeRef: rootRouteRef },
});

export const fleetPage = SubPageBlueprint.make({
  name: 'fleet',
  params: {
    path: 'fleet',
    title: 'Fleet',
    loader: () => import('./components/FleetPage').then(m => <m.FleetPage />),
  },
});

export const clustersPage = SubPageBlueprint.make({
  name: 'clusters',
  params: {
    path: 'clusters',
    title: 'Clusters',
    loader: () =>
      import('./components/ClustersPage').then(m => <m.ClustersPage />),
  },
});

export const doraPage = SubPageBlueprint.make({
  name: 'dora',
  params: {
    path: 'dora',
    title: 'DORA',
    loader: () => import('./components/DoraPage').then(m => <m.DoraPage />),
  },
});
