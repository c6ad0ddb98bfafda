import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { serviceRouteRef } from './routes';

export const deploymentsEntityContent = EntityContentBlueprint.make({
  name: 'deployments',
  params: {
    path: '/deployments',
    title: 'Deployments',
    group: 'deployment',
    routeRef: serviceRouteRef,
    filter: { kind: 'component' },
    loader: () =>
      import('./components/ServiceContent').then(m => <m.ServiceContent />),
  },
});
