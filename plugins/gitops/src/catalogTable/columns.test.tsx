import { renderTestApp } from '@backstage/frontend-test-utils';
import { screen, waitFor, within } from '@testing-library/react';
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
    const row = async (name: string) =>
      within((await screen.findByText(name)).closest('tr') as HTMLElement);
    const orders = await row('orders');
    expect(await orders.findByText('Degraded')).toBeVisible();
    expect(orders.getByText('Out of sync')).toBeVisible();
    expect(await (await row('mailer')).findByText('Suspended')).toBeVisible();
    expect(
      await (await row('invoices')).findByText('Not deployed'),
    ).toBeVisible();
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
