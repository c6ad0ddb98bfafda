import { useState } from 'react';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { gitopsApiRef } from '../apis';
import { repoUrlFor } from '../model/nameCheck';
import { validateServiceName } from '../model/validateServiceName';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';
import { ServiceNameField } from './ServiceNameField';

jest.setTimeout(60_000);

const OPTIONS = { host: 'forge.example', owner: 'acme' };

function Field() {
  const [name, setName] = useState<string>();
  const props = {
    formData: name,
    onChange: setName,
    schema: { title: 'Name of the service' },
    uiSchema: { 'ui:options': OPTIONS },
    formContext: { formData: {} },
    required: true,
  };
  return <ServiceNameField {...(props as any)} />;
}

async function validate(api: FakeGitopsApi, name: string): Promise<string[]> {
  const errors: string[] = [];
  await validateServiceName(
    name,
    { addError: (message: string) => errors.push(message) } as any,
    {
      apiHolder: { get: () => api },
      formData: {},
      schema: {},
      uiSchema: { 'ui:options': OPTIONS },
    } as any,
  );
  return errors;
}

describe('ServiceNameField', () => {
  it('checks when the typing pauses, and says place by place what was found', async () => {
    const api = new FakeGitopsApi();
    renderInTestApp(<Field />, { apis: [[gitopsApiRef, api]] });
    const input = await screen.findByRole('textbox', {
      name: /Name of the service/,
    });
    await userEvent.type(input, 'orders');
    expect(
      await screen.findByText(
        'The repository acme/orders exists. Choose another name.',
      ),
    ).toBeVisible();
    expect(api.calls.at(-1)?.args[0]).toMatchObject({
      name: 'orders',
      repoUrl: 'forge.example?owner=acme&repo=orders',
    });
    await userEvent.type(input, '-v2');
    await waitFor(() =>
      expect(screen.queryByText(/exists/)).not.toBeInTheDocument(),
    );
    const places = await screen.findAllByRole('listitem');
    expect(places.map(({ textContent }) => textContent)).toEqual([
      'Formatright',
      'Catalogfree',
      'Clustersfree',
      'Forgefree',
    ]);
    expect(api.calls.length).toBeLessThan('orders-v2'.length);
  });

  it('refuses a taken or wrong name, and one that nobody could check', async () => {
    const api = new FakeGitopsApi();
    expect(await validate(api, 'orders-v2')).toEqual([]);
    expect(await validate(api, 'orders')).toEqual([
      'The repository acme/orders exists. Choose another name.',
    ]);
    expect(await validate(api, 'Orders!')).toEqual([
      'Use lower case letters, digits and hyphens, and begin with a letter.',
    ]);
    api.error = new Error('The backend does not answer. Start it.');
    expect(await validate(api, 'orders-v2')).toEqual([
      'The name cannot be checked: The backend does not answer. Start it.',
    ]);
  });

  it('finds the repository in the form, and does not guess one', () => {
    const form = { forge: { repoUrl: 'forge.example?owner=acme&repo=old' } };
    expect(repoUrlFor('a', { repoUrlField: 'forge.repoUrl' }, form)).toBe(
      'forge.example?owner=acme&repo=a',
    );
    expect(
      repoUrlFor(
        'a&b=c',
        { host: 'forge.example', ownerField: 'team' },
        { team: 'group:default/payments' },
      ),
    ).toBe('forge.example?owner=payments&repo=a%26b%3Dc');
    expect(repoUrlFor('a', { ownerField: 'constructor.name' }, {})).toBe(
      undefined,
    );
  });
});
