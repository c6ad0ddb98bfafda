import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';

export const deploymentsEntityCard = EntityCardBlueprint.make({
  name: 'deployments',
  params: {
    type: 'content',
    filter: { kind: 'component' },
    loader: () =>
      import('./components/ServiceCard').then(m => <m.ServiceCard />),
  },
});
