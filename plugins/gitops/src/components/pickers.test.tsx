import { useState } from 'react';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { gitopsApiRef } from '../apis';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';
import { DeploymentField } from './DeploymentField';
import { EnvironmentField } from './EnvironmentField';

jest.setTimeout(60_000);

const SERVICE = { entityRef: 'component:default/orders' };

function show(
  Field: (props: any) => any,
  form: Record<string, unknown>,
  options: { api?: FakeGitopsApi; formData?: string } = {},
) {
  const api = options.api ?? new FakeGitopsApi();
  const chosen = jest.fn();
  function Form() {
    const [value, setValue] = useState(options.formData);
    const onChange = (next: string | undefined) => {
      chosen(next);
      setValue(next);
    };
    return (
      <Field
        {...{ onChange, formData: value, uiSchema: {} }}
        schema={{ title: 'Which one' }}
        formContext={{ formData: form }}
        required
      />
    );
  }
  renderInTestApp(<Form />, { apis: [[gitopsApiRef, api]] });
  return { api, chosen };
}

const open = async () =>
  userEvent.click(await screen.findByRole('button', { name: /Which one/ }));

describe('EnvironmentField', () => {
  it('offers where the service is deployed, and what runs there', async () => {
    const { chosen } = show(EnvironmentField, SERVICE);
    await open();
    const option = await screen.findByRole('option', { name: /^Staging: / });
    await userEvent.click(option);
    expect(chosen).toHaveBeenLastCalledWith('staging');
  });

  it('says what is missing, and keeps what a link presets', async () => {
    show(EnvironmentField, {}, { formData: 'eu' });
    expect(await screen.findByText('Choose a service first.')).toBeVisible();
    expect(screen.getByRole('button', { name: /eu/ })).toBeDisabled();
  });

  it('says why it cannot offer anything', async () => {
    const api = new FakeGitopsApi();
    api.error = new Error('The backend is away');
    show(EnvironmentField, SERVICE, { api });
    expect(await screen.findByText(/The backend is away/)).toBeVisible();
  });
});

describe('DeploymentField', () => {
  it('offers what ran before in the environment, not what runs now', async () => {
    const form = { ...SERVICE, environment: 'production' };
    const { api, chosen } = show(DeploymentField, form);
    await open();
    const options = await screen.findAllByRole('option');
    const all = (
      await api.getDeployments({
        ...{ entityRef: [SERVICE.entityRef], environment: ['production'] },
        limit: 50,
      })
    ).items;
    expect(options).toHaveLength(all.length - 1);
    await userEvent.click(options[0]);
    await waitFor(() => expect(chosen).toHaveBeenLastCalledWith(all[1].id));
  });

  it('says what is missing', async () => {
    show(DeploymentField, SERVICE);
    expect(
      await screen.findByText('Choose a service and an environment first.'),
    ).toBeVisible();
  });
});
