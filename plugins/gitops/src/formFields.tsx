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

export const environmentFormField = FormFieldBlueprint.make({
  name: 'environment',
  params: {
    field: () =>
      import('./components/EnvironmentField').then(m => m.environmentField),
  },
});

export const deploymentFormField = FormFieldBlueprint.make({
  name: 'deployment',
  params: {
    field: () =>
      import('./components/DeploymentField').then(m => m.deploymentField),
  },
});
