import { NotAllowedError } from '@backstage/errors';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';
import { FakeSignalApi, renderPlugin } from '../__testUtils__/renderWithFake';

jest.setTimeout(60_000);

const FLEET = '/gitops/fleet';

function lastFleetQuery(api: FakeGitopsApi) {
  return api.calls.filter(({ method }) => method === 'getFleet').at(-1)
    ?.args[0];
}

describe('FleetPage', () => {
  it('says every state in words, groups by team and tells what to do with what is not registered', async () => {
    renderPlugin({ api: new FakeGitopsApi(), path: '/gitops' });
    const table = await screen.findByRole('table');
    expect(screen.getByText('7 services')).toBeVisible();
    expect(
      within(table)
        .getAllByRole('columnheader')
        .map(({ textContent }) => textContent),
    ).toEqual(['Service', 'Development', 'Staging', 'Production', 'Lead time']);
    expect(
      within(table).getByRole('button', {
        name: 'orders in Production: Degraded, Out of sync, 1.8.1, 3 d',
      }),
    ).toHaveTextContent('1.8.1');
    const twoClusters = within(table).getByRole('button', {
      name: /^ledger in Production: Healthy, Synced, 4.0.0/,
    });
    expect(twoClusters).toHaveTextContent('2 clusters');
    expect(twoClusters).toHaveTextContent('as of');
    expect(within(table).getByText('payments')).toBeVisible();
    expect(
      within(table).getByText(/No engine deploys this component/),
    ).toHaveTextContent('backstage.io/kubernetes-id: invoices');
    expect(screen.getByText(/us-1 is unreachable since/)).toBeVisible();
    expect(screen.getByText(/The connection was refused/)).toBeVisible();
  });

  it('asks the backend for what is filtered, and says when nothing matches', async () => {
    const api = new FakeGitopsApi();
    renderPlugin({ api, path: `${FLEET}?engine=flux&group=none` });
    await screen.findByRole('table');
    expect(lastFleetQuery(api)).toMatchObject({
      engine: ['flux'],
      sort: 'name',
    });
    expect(screen.queryByText('ledger')).not.toBeInTheDocument();

    const chip = screen.getByRole('button', { name: '1 degraded' });
    expect(chip).toHaveAttribute('aria-pressed', 'false');
    await userEvent.click(chip);
    expect(await screen.findByText('No service matches')).toBeVisible();
    expect(chip).toHaveAttribute('aria-pressed', 'true');
    expect(lastFleetQuery(api)).toMatchObject({
      engine: ['flux'],
      health: ['degraded'],
    });

    await userEvent.click(
      screen.getByRole('button', { name: 'Clear filters' }),
    );
    await userEvent.type(
      await screen.findByRole('searchbox', { name: 'Search services' }),
      'ledger',
    );
    await waitFor(() =>
      expect(lastFleetQuery(api)).toMatchObject({ search: 'ledger' }),
    );
    expect(await screen.findByRole('link', { name: 'ledger' })).toBeVisible();
    expect(lastFleetQuery(api)).not.toHaveProperty('engine', ['flux']);
  });

  it('opens a side panel by keyboard: what is wrong, by whom, what can be done', async () => {
    const api = new FakeGitopsApi();
    renderPlugin({ api, path: FLEET });
    const cell = await screen.findByRole('button', {
      name: /^orders in Production/,
    });
    cell.focus();
    await userEvent.keyboard('{Enter}');
    const panel = await screen.findByRole('dialog', {
      name: 'orders in Production',
    });
    expect(panel).toHaveFocus();
    expect(
      await within(panel).findByText(
        /^Deployment orders: 1 of 3 pods ready; container orders/,
      ),
    ).toBeVisible();
    expect(within(panel).getByText(/by Sam Okafor/)).toBeVisible();
    expect(within(panel).getByText('manual · phase 1 of 4')).toBeVisible();
    expect(
      await within(panel).findByRole('button', { name: 'Sync' }),
    ).toBeEnabled();
    expect(
      within(panel).getByRole('link', { name: 'Open orders' }),
    ).toHaveAttribute('href', '/catalog/default/component/orders/deployments');

    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(panel).not.toBeInTheDocument());
    expect(cell).toHaveFocus();
  });

  it('lets who may operate what belongs to nobody do so, and tells how it goes on', async () => {
    const api = new FakeGitopsApi();
    const signals = new FakeSignalApi();
    api.operate = { allowed: false, reason: 'Register its component first' };
    renderPlugin({ api, path: FLEET, signals });
    const cell = await screen.findByRole('button', {
      name: /^legacy-reports in Staging/,
    });
    await userEvent.click(cell);
    const panel = within(await screen.findByRole('dialog'));
    const sync = await panel.findByRole('button', { name: 'Sync' });
    expect(sync).toBeDisabled();
    expect(sync).toHaveAccessibleDescription('Register its component first');

    api.operate = { allowed: true };
    act(() => signals.send({ type: 'applications-changed' }));
    await waitFor(() => expect(sync).toBeEnabled());
    await userEvent.click(sync);
    await userEvent.click(
      within(
        await screen.findByRole('dialog', { name: /^Sync legacy-reports/ }),
      ).getByRole('button', { name: 'Sync' }),
    );
    expect(await panel.findByText('Syncing')).toBeVisible();
    api.tell({ state: 'failed', message: 'The tag does not exist' });
    act(() => signals.send({ type: 'applications-changed' }));
    expect(await panel.findByText('The tag does not exist')).toBeVisible();
  });

  it('tells the last deployment as the timeline does: what needed repair failed', async () => {
    const api = new FakeGitopsApi();
    api.applications = api.applications.map(application =>
      application.id === 'eu-1.orders-production'
        ? {
            ...application,
            lastDeployment: {
              ...application.lastDeployment!,
              id: 'deployment-5',
            },
          }
        : application,
    );
    renderPlugin({ api, path: FLEET });
    await userEvent.click(
      await screen.findByRole('button', { name: /^orders in Production/ }),
    );
    expect(
      await within(await screen.findByRole('dialog')).findByText(
        ', recovered after 48 min',
      ),
    ).toBeVisible();
  });

  it('follows a signal, and keeps the old table with a notice when the connection is lost', async () => {
    const api = new FakeGitopsApi();
    const signals = new FakeSignalApi();
    renderPlugin({ api, path: FLEET, signals });
    await screen.findByRole('button', { name: '1 degraded' });
    api.applications = api.applications.map(application => ({
      ...application,
      health: 'healthy',
    }));
    act(() => signals.send({ type: 'applications-changed' }));
    expect(
      await screen.findByRole('button', { name: '0 degraded' }),
    ).toBeVisible();

    api.error = new Error('The connection to the backend was lost.');
    act(() => signals.send({ type: 'applications-changed' }));
    expect(
      await screen.findByText(/Not updated since .*; trying again/),
    ).toBeVisible();
    expect(screen.getByRole('table')).toBeVisible();

    api.error = undefined;
    act(() => signals.send({ type: 'applications-changed' }));
    await waitFor(() =>
      expect(screen.queryByText(/Not updated since/)).not.toBeInTheDocument(),
    );
  });

  it('tells an error, a refusal and an empty fleet apart', async () => {
    const api = new FakeGitopsApi();
    api.error = new Error('The database is locked. Restart the backend.');
    const failed = renderPlugin({ api, path: FLEET });
    expect(await screen.findByText(/The database is locked/)).toBeVisible();
    api.error = undefined;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('table')).toBeVisible();
    failed.unmount();

    api.error = new NotAllowedError('The policy refuses to show the fleet.');
    const refused = renderPlugin({ api, path: FLEET });
    expect(await screen.findByText('You may not see this')).toBeVisible();
    expect(
      screen.getByText(/The policy refuses.*gitops.application.read/),
    ).toBeVisible();
    refused.unmount();

    const empty = new FakeGitopsApi();
    empty.getFleet = async () => ({
      ...(await new FakeGitopsApi().getFleet()),
      rows: [],
    });
    renderPlugin({ api: empty, path: FLEET });
    expect(await screen.findByText('No services yet')).toBeVisible();
  });
});
