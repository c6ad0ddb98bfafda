import { NotAllowedError } from '@backstage/errors';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';
import {
  FakeSignalApi,
  renderOnEntity,
  renderPlugin,
} from '../__testUtils__/renderWithFake';
import { DoraSection } from './DoraSection';
import { sampleDora } from '../testUtils/sampleDora';

// The first app of a worker takes seconds to compile.
const PATIENT = { timeout: 20_000 };
jest.setTimeout(60_000);

const DORA = '/gitops/dora';
const ORDERS = `${DORA}?scope=service&ref=component:default/orders`;

function doraQueries(api: FakeGitopsApi) {
  return api.calls
    .filter(({ method }) => method === 'getDora')
    .map(({ args }) => args[0]);
}

function tile(name: string) {
  return screen.findByRole('region', { name }, PATIENT);
}

async function violations() {
  const { violations: found } = await axe.run(document.body, {
    rules: {
      // There is no layout here, so no colour can be looked at.
      'color-contrast': { enabled: false },
      // The header with its tabs is the framework's.
      region: { enabled: false },
      'aria-valid-attr-value': { enabled: false },
    },
  });
  return found.map(({ id, nodes }) => [id, nodes.map(node => node.html)]);
}

describe('DoraPage', () => {
  it('shows five tiles with unit, level with its year, change and count, and one request for all', async () => {
    const api = new FakeGitopsApi();
    renderPlugin({ api, path: ORDERS });
    const frequency = await tile('Deployment frequency');
    expect(frequency).toHaveTextContent('4.7 per week');
    expect(frequency).toHaveTextContent(/(Elite|High|Medium) \(2023\)/);
    expect(frequency).toHaveTextContent('n = 20');
    expect(frequency).toHaveTextContent('no comparison');
    expect(await tile('Change fail rate')).toHaveTextContent(/5 %.*Elite/);
    expect(await tile('Recovery time')).toHaveTextContent('48 min');
    expect(await tile('Rework rate')).toHaveTextContent('no level');
    expect(
      screen.getByText(/deployments were read from the Git history/),
    ).toBeVisible();
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
    expect(api.calls).toHaveLength(1);
    expect(doraQueries(api)).toEqual([
      { scope: { kind: 'service', ref: 'component:default/orders' } },
    ]);
    expect(await violations()).toEqual([]);
  });

  it('compares with the window before, in words', async () => {
    const api = new FakeGitopsApi();
    // Twice as many as in the 30 days before that.
    api.deployments = api.deployments.flatMap((deployment, index) => [
      deployment,
      ...(index % 6 === 2
        ? [
            {
              ...deployment,
              id: `before-${index}`,
              finishedAt: new Date(
                Date.parse(deployment.finishedAt) - 30 * 86_400_000,
              ).toISOString(),
            },
          ]
        : []),
    ]);
    renderPlugin({ api, path: ORDERS });
    const frequency = await tile('Deployment frequency');
    expect(frequency).toHaveTextContent('▲ 100 % better');
    expect(
      within(frequency).getByTitle('2.3 per week in the 30 days before'),
    ).toBeVisible();
    expect(await tile('Change fail rate')).toHaveTextContent(
      '▲ 5 points worse',
    );
  });

  it('says that there is not enough data instead of a number', async () => {
    const api = new FakeGitopsApi();
    api.deployments = api.deployments.slice(0, 3);
    renderPlugin({ api, path: ORDERS });
    const frequency = await tile('Deployment frequency');
    expect(frequency).toHaveTextContent('Not enough data');
    expect(frequency).toHaveTextContent(/1 deployment from .* at least 2/);
    await userEvent.click(
      within(frequency).getByRole('button', { name: /^Why\?/ }),
    );
    const why = await screen.findByRole('dialog');
    expect(why).toHaveTextContent('deployments / days');
    expect(within(why).getAllByRole('link')).toHaveLength(1);
  });

  it('explains a metric, leads to one deployment with its commits and back, and returns the focus', async () => {
    const api = new FakeGitopsApi();
    renderPlugin({ api, path: ORDERS });
    const button = within(await tile('Change fail rate')).getByRole('button', {
      name: 'Why? Change fail rate',
    });
    await userEvent.click(button);
    const dialog = await screen.findByRole('dialog', {
      name: 'Change fail rate',
    });
    expect(dialog).toHaveTextContent('failed deployments / deployments');
    expect(dialog).toHaveTextContent('1 failed / 20 deployments = 5 %');
    const failed = within(dialog)
      .getAllByRole('listitem')
      .find(item => item.textContent?.includes('failed: health'))!;
    expect(failed).toHaveTextContent(
      /Failed, recovered after 48 min.*orders 1\.9\.3.*production/,
    );
    expect(api.calls).toHaveLength(1);
    await userEvent.click(within(failed).getByRole('link'));

    const back = await within(dialog).findByRole('link', { name: /^Back to/ });
    expect(back).toHaveFocus();
    expect(await within(dialog).findByText('Became unhealthy')).toBeVisible();
    expect(dialog).toHaveAccessibleName('orders 1.9.3');
    expect(dialog).toHaveTextContent('OutcomeFailed, recovered after 48 min');
    expect(dialog).toHaveTextContent(/over after 48 min/);
    expect(dialog).toHaveTextContent('In Change fail ratefailed: health');
    expect(dialog).toHaveTextContent('2 commits deployed');
    expect(
      within(dialog).getByRole('link', { name: /Retry the payment/ }),
    ).toHaveAttribute('href', expect.stringContaining('forge.example'));
    expect(
      within(dialog).getByRole('link', { name: 'Deployments of orders' }),
    ).toHaveAttribute('href', '/catalog/default/component/orders/deployments');
    expect(await violations()).toEqual([]);

    await userEvent.click(back);
    expect(
      await within(dialog).findByText('1 failed / 20 deployments = 5 %'),
    ).toBeVisible();
    await waitFor(() =>
      expect(document.activeElement).toHaveTextContent('orders 1.9.3'),
    );
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    await waitFor(() => expect(button).toHaveFocus());
  });

  it('groups what was left out by its reason', async () => {
    const api = new FakeGitopsApi();
    api.deployments = api.deployments.map((deployment, index) =>
      [2, 5, 8].includes(index)
        ? {
            ...deployment,
            counted: false,
            notCountedReason: index === 8 ? 'adoption' : 'same-revision',
          }
        : deployment,
    );
    renderPlugin({ api, path: `${ORDERS}&why=deployment-frequency` });
    const dialog = await screen.findByRole('dialog', {}, PATIENT);
    const reasons = within(dialog).getAllByRole('group');
    expect(reasons.map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^The same revision again.*2/),
      expect.stringMatching(/^First sight of the application.*1/),
    ]);
    expect(within(reasons[0]).getAllByRole('link')).toHaveLength(2);
  });

  it('opens a deployment by its address alone, and says when it does not exist', async () => {
    renderPlugin({
      api: new FakeGitopsApi(),
      path: `${ORDERS}&deployment=deployment-99`,
    });
    const dialog = await screen.findByRole('dialog', {}, PATIENT);
    expect(
      await within(dialog).findByText(
        'No deployment has the id deployment-99.',
      ),
    ).toBeVisible();
  });

  it('compares services, opens one, and keeps scope and window in the address', async () => {
    const api = new FakeGitopsApi();
    renderPlugin({ api, path: `${DORA}?days=60` });
    const table = await screen.findByRole(
      'table',
      { name: 'The metrics of each service' },
      PATIENT,
    );
    expect(
      within(table).getByRole('row', { name: /^orders payments 20 / }),
    ).toHaveTextContent(/4\.7|2\.3/);
    expect(doraQueries(api)[0]).toMatchObject({
      scope: { kind: 'all' },
      from: expect.any(String),
    });
    expect(screen.getByRole('radio', { name: '60 days' })).toBeChecked();

    await userEvent.click(within(table).getByRole('link', { name: 'ledger' }));
    expect(
      await screen.findByRole('link', { name: 'Deployments of ledger' }),
    ).toBeVisible();
    expect(doraQueries(api).at(-1)).toMatchObject({
      scope: { kind: 'service', ref: 'component:default/ledger' },
    });
    await userEvent.click(screen.getByRole('radio', { name: '30 days' }));
    await waitFor(() =>
      expect(doraQueries(api).at(-1)).toEqual({
        scope: { kind: 'service', ref: 'component:default/ledger' },
      }),
    );

    await userEvent.click(screen.getByRole('button', { name: /Scope$/ }));
    await userEvent.click(
      await screen.findByRole('option', { name: 'Everything' }),
    );
    expect(
      await screen.findByRole('table', { name: 'The metrics of each service' }),
    ).toBeVisible();
  });

  it('shows the trend as a table to those who cannot see charts', async () => {
    renderPlugin({ api: new FakeGitopsApi(), path: ORDERS });
    expect(
      await screen.findByRole(
        'img',
        { name: 'Deployments by outcome: 20 deployments, 1 of them failed' },
        PATIENT,
      ),
    ).toBeVisible();
    await userEvent.click(
      screen.getByRole('button', { name: 'Show as table' }),
    );
    const rows = within(
      screen.getByRole('table', { name: 'Trend' }),
    ).getAllByRole('row');
    expect(rows).toHaveLength(32);
    const deployments = rows
      .slice(1)
      .map(row => Number(within(row).getAllByRole('cell')[0].textContent));
    expect(deployments.reduce((sum, n) => sum + n, 0)).toBe(20);
  });

  it('says what is forbidden, and keeps old numbers with a notice when the connection is lost', async () => {
    const api = new FakeGitopsApi();
    const signals = new FakeSignalApi();
    api.error = new NotAllowedError('You may not read deployments.');
    renderPlugin({ api, path: DORA, signals });
    expect(
      await screen.findByText('You may not see this', {}, PATIENT),
    ).toBeVisible();

    api.error = undefined;
    act(() => signals.send({ type: 'deployments-changed' }));
    await tile('Rework rate');
    api.error = new Error('The connection to the backend was lost.');
    act(() => signals.send({ type: 'deployments-changed' }));
    expect(
      await screen.findByText(/Not updated since .*; trying again/),
    ).toBeVisible();

    // Another question is not answered with the numbers of the one before.
    await userEvent.click(screen.getByRole('radio', { name: '90 days' }));
    expect(
      await screen.findByText('The connection to the backend was lost.'),
    ).toBeVisible();
    expect(
      screen.queryByRole('region', { name: 'Rework rate' }),
    ).not.toBeInTheDocument();
  });
});

describe('DoraSection', () => {
  it('shows the tiles of a service, asks for the deployments when somebody asks why, and links to the report', async () => {
    const api = new FakeGitopsApi();
    renderOnEntity({
      api,
      element: (
        <DoraSection
          report={sampleDora()}
          entityRef="component:default/orders"
        />
      ),
    });
    const lead = await tile('Lead time for changes');
    expect(lead).toHaveTextContent('3.2 h');
    expect(api.calls).toHaveLength(0);
    expect(screen.getByRole('link', { name: 'Full report' })).toHaveAttribute(
      'href',
      '/gitops/dora?scope=service&ref=component%3Adefault%2Forders',
    );
    await userEvent.click(within(lead).getByRole('button', { name: /Why/ }));
    const dialog = await screen.findByRole('dialog');
    expect(
      await within(dialog).findByText(/^median of \d+ commits/),
    ).toBeVisible();
    expect(doraQueries(api)).toHaveLength(1);
    await userEvent.click(within(dialog).getAllByRole('link')[0]);
    expect(await within(dialog).findByText('2 commits deployed')).toBeVisible();
  });
});
