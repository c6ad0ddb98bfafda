import { FormFieldBlueprint } from '@backstage/plugin-scaffolder-react/alpha';

export const serviceNameFormField = FormFieldBlueprint.make({
  name: 'service-name',
  params: {
    field: () =>
      import('./components/ServiceNameField').then(m => m.serviceNameField),
  },
});

export const layoutFormField = FormFieldBlueprint.make({
  name: 'layout',
  params: {
    field: () => import('./components/LayoutField').then(m => m.layoutField),
  },
});
