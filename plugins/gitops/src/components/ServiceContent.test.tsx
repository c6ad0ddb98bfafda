import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';
import { renderOnEntity } from '../__testUtils__/renderWithFake';
import { ServiceCard } from './ServiceCard';
import { ServiceContent } from './ServiceContent';

jest.setTimeout(60_000);

function called(api: FakeGitopsApi, method: string) {
  return api.calls.filter(call => call.method === method);
}

describe('ServiceContent', () => {
  it('draws the pipeline with what waits, what is wrong and all that the engine says', async () => {
    const api = new FakeGitopsApi();
    renderOnEntity({ api, element: <ServiceContent /> });
    const pipeline = await screen.findByRole('list', { name: 'Environments' });
    expect(
      within(pipeline)
        .getAllByRole('heading')
        .map(({ textContent }) => textContent),
    ).toEqual(['Development', 'Staging', 'Production']);
    expect(within(pipeline).getByText('Degraded')).toBeVisible();
    expect(within(pipeline).getByText('Out of sync')).toBeVisible();
    expect(within(pipeline).getByText('manual · phase 1 of 4')).toBeVisible();

    await userEvent.click(
      within(pipeline).getByRole('button', { name: '3 commits wait' }),
    );
    const waiting = await screen.findByRole('dialog');
    expect(waiting).toHaveTextContent('Commits waiting for Production');
    expect(
      within(waiting).getByRole('link', { name: /Reject orders without/ }),
    ).toHaveAttribute('href', 'https://forge.example/acme/orders/commit/0');
    await userEvent.click(
      within(waiting).getByRole('button', { name: 'Close' }),
    );

    const wrong = screen.getByRole('region', { name: 'What is wrong' });
    expect(wrong).toHaveTextContent(
      'Deployment orders: 1 of 3 pods ready; container orders: ImagePullBackOff',
    );
    await userEvent.click(within(wrong).getByText('All that Argo CD says'));
    expect(
      within(wrong).getByText(/spec.replicas is 3, Git says 4/),
    ).toBeVisible();
    expect(screen.getByText('Not enough data')).toBeVisible();
    expect(called(api, 'getService')).toHaveLength(1);
    expect(called(api, 'getDeployments')).toHaveLength(0);
  });

  it('does not call wrong what failed before, and a revert made good', async () => {
    const api = new FakeGitopsApi();
    const [application] = api.applications.filter(
      ({ environment, entityRef }) =>
        environment === 'dev' && entityRef === 'component:default/orders',
    );
    api.applications = [
      {
        ...application,
        ...{ sync: 'synced', health: 'healthy', conditions: [] },
        desiredRevision: 'b'.repeat(40),
        operation: {
          ...{ phase: 'failed', revision: 'a'.repeat(40) },
          message: 'spec.selector is immutable',
        },
      },
    ];
    renderOnEntity({ api, element: <ServiceContent /> });
    await screen.findByRole('list', { name: 'Environments' });
    expect(screen.queryByRole('region', { name: 'What is wrong' })).toBeNull();
  });

  it('asks before it syncs, says what will happen, and follows the outcome', async () => {
    const api = new FakeGitopsApi();
    renderOnEntity({ api, element: <ServiceContent /> });
    const commands = await screen.findByRole('group', {
      name: 'Commands for orders in Production',
    });
    await userEvent.click(
      within(commands).getByRole('button', { name: 'Sync' }),
    );
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('Sync orders in Production?');
    expect(dialog).toHaveTextContent(
      /Argo CD applies revision [0-9a-f]{7} to orders-production @ eu-1/,
    );
    expect(called(api, 'runCommand')).toHaveLength(0);
    await userEvent.click(
      within(dialog).getByRole('checkbox', {
        name: 'Delete what Git no longer names',
      }),
    );
    await userEvent.click(within(dialog).getByRole('button', { name: 'Sync' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(called(api, 'runCommand')[0].args).toEqual([
      'eu-1.orders-production',
      'sync',
      { prune: true },
    ]);
    expect(
      await screen.findByText('Asked for sync of orders-production.'),
    ).toBeVisible();
    const pipeline = screen.getByRole('list', { name: 'Environments' });
    expect(await within(pipeline).findByText('Progressing')).toBeVisible();
  });

  it('disables commands with the reason when the user may not operate', async () => {
    const api = new FakeGitopsApi();
    api.operate = {
      allowed: false,
      reason: 'Only the team payments may operate orders.',
    };
    renderOnEntity({ api, element: <ServiceContent /> });
    const commands = await screen.findByRole('group', {
      name: 'Commands for orders in Production',
    });
    const sync = within(commands).getByRole('button', { name: 'Sync' });
    expect(sync).toBeDisabled();
    expect(sync).toHaveAccessibleDescription(
      'Only the team payments may operate orders.',
    );
  });

  it('opens a deployment of the timeline, and loads older ones', async () => {
    const api = new FakeGitopsApi();
    renderOnEntity({ api, element: <ServiceContent /> });
    const timeline = await screen.findByRole('list', { name: 'Timeline' });
    const line = within(timeline).getByRole('button', {
      name: /^Failed, recovered after 48 min/,
    });
    expect(line).toHaveAttribute('aria-expanded', 'false');
    await userEvent.click(line);
    expect(
      within(timeline).getByText('Became unhealthy').parentElement,
    ).toHaveTextContent(/1 of 3 pods ready.*over after 48 min/);
    expect(
      within(timeline).getAllByRole('link', { name: /Retry the payment/ })[0],
    ).toHaveAttribute('href', expect.stringContaining('forge.example'));
    await userEvent.click(
      within(timeline).getAllByRole('button', { name: /Development/ })[0],
    );
    expect(
      within(timeline).getByText(
        'Not counted by DORA: only production counts.',
      ),
    ).toBeVisible();

    await userEvent.click(
      screen.getByRole('button', { name: 'Show older deployments' }),
    );
    await waitFor(() =>
      expect(within(timeline).getAllByRole('button')).toHaveLength(20),
    );
  });

  it('tells what to do when no engine deploys the component', async () => {
    renderOnEntity({
      api: new FakeGitopsApi(),
      element: <ServiceContent />,
      name: 'invoices',
    });
    expect(
      await screen.findByText('No engine deploys this component'),
    ).toBeVisible();
    expect(
      screen.getByText(/backstage.io\/kubernetes-id: invoices/),
    ).toBeVisible();
  });
});

describe('ServiceCard', () => {
  it('sums up each environment and links to the rest', async () => {
    renderOnEntity({ api: new FakeGitopsApi(), element: <ServiceCard /> });
    const production = (await screen.findByText('Production')).closest('li');
    expect(production).toHaveTextContent(/1\.8\.1.*Degraded.*Out of sync.*3 d/);
    expect(
      screen.getByRole('link', { name: 'All deployments' }),
    ).toHaveAttribute('href', '/catalog/default/component/orders/deployments');
  });
});
