import { renderTestApp } from '@backstage/frontend-test-utils';
import { screen, waitFor } from '@testing-library/react';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import gitopsPlugin, { gitopsApiRef } from '..';
import { catalogTableModule } from '../catalog';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';

jest.setTimeout(60_000);

describe('catalogTableModule', () => {
  it('shows health and sync of all rows of the table by one request', async () => {
    const api = new FakeGitopsApi();
    const entities = ['orders', 'ledger', 'mailer', 'invoices'].map(name => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name, namespace: 'default', uid: name },
      spec: { type: 'service' },
    }));
    renderTestApp({
      features: [catalogPlugin, catalogTableModule, gitopsPlugin],
      initialRouteEntries: ['/catalog?filters[user]=all'],
      apis: [[gitopsApiRef, api], catalogApiMock({ entities })],
    });
    // The table replaces its rows while it loads, so that each is looked up by what it says.
    const rowWith = async (text: string) =>
      (await screen.findByText(text)).closest('tr');
    expect(await rowWith('Degraded')).toHaveTextContent(/orders.*Out of sync/);
    expect(await rowWith('Suspended')).toHaveTextContent(/mailer.*Synced/);
    expect(await rowWith('Not deployed')).toHaveTextContent('invoices');
    await waitFor(() => expect(api.calls).toHaveLength(1));
    expect(api.calls[0].args[0]).toMatchObject({
      entityRef: expect.arrayContaining([
        'component:default/orders',
        'component:default/ledger',
        'component:default/mailer',
        'component:default/invoices',
      ]),
    });
  });
});
