import { FormFieldBlueprint } from '@backstage/plugin-scaffolder-react/alpha';

export const serviceNameFormField = FormFieldBlueprint.make({
  name: 'service-name',
  params: {
    field: () =>
      import('./components/ServiceNameField').then(m => m.serviceNameField),
  },
});
