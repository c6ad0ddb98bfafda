import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Application, CommandRun } from '@fairway/plugin-gitops-common';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';
import { FakeSignalApi, renderOnEntity } from '../__testUtils__/renderWithFake';
import { ServiceContent } from './ServiceContent';

jest.setTimeout(60_000);

const ID = 'eu-1.orders-production';

function requests(api: FakeGitopsApi) {
  return api.calls
    .filter(({ method }) => method === 'runCommand')
    .map(({ args }) => args);
}

function object(name: string, change: object = {}) {
  return {
    ...{ group: 'apps', version: 'v1', kind: 'Deployment', name },
    ...{ namespace: 'orders-production', sync: 'out-of-sync' as const },
    ...change,
  };
}

function fake(change: Partial<Application> = {}): FakeGitopsApi {
  const api = new FakeGitopsApi();
  api.applications = api.applications.map(application =>
    application.id === ID ? { ...application, ...change } : application,
  );
  return api;
}

async function open(api: FakeGitopsApi, command: string) {
  const signals = new FakeSignalApi();
  renderOnEntity({ api, signals, element: <ServiceContent /> });
  const commands = await screen.findByRole('group', {
    name: 'Commands for orders in Production',
  });
  await userEvent.click(
    within(commands).getByRole('button', { name: command }),
  );
  return { dialog: await screen.findByRole('dialog'), signals };
}

/** The card of production: where its commands are told. */
function card() {
  const pipeline = screen.getByRole('list', { name: 'Environments' });
  return within(
    within(pipeline)
      .getByRole('heading', { name: 'Production' })
      .closest('li') as HTMLElement,
  );
}

function run(change: Partial<CommandRun>): CommandRun {
  return {
    ...{ id: 'earlier', applicationId: ID, command: 'sync', request: {} },
    requestedBy: 'user:default/ada',
    requestedAt: new Date(Date.now() - 300_000).toISOString(),
    ...{ state: 'failed', message: 'The tag does not exist' },
    ...change,
  };
}

describe('the dialog of a command', () => {
  it('says what will change, and asks for no more than what was chosen', async () => {
    const api = fake({
      resources: [
        object('orders'),
        object('old', { requiresPruning: true }),
        object('well', { sync: 'synced' }),
      ],
    });
    const { dialog } = await open(api, 'Sync');
    const box = (name: string | RegExp) =>
      within(dialog).getByRole('checkbox', { name });
    expect(dialog).toHaveTextContent('2 objects differ from Git');
    expect(
      within(dialog)
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent),
    ).toEqual([
      'Deployment orders',
      'Deployment old · left Git, deleted only when you say so',
    ]);
    for (const name of ['Delete what Git no longer names', 'Dry run']) {
      expect(box(name)).not.toBeChecked();
    }
    await userEvent.click(box('Dry run'));
    await userEvent.click(box('Only these objects'));
    const confirm = within(dialog).getByRole('button', { name: 'Try out' });
    expect(confirm).toBeDisabled();
    await userEvent.click(box('Deployment orders'));
    await userEvent.click(within(dialog).getByText('Advanced'));
    expect(dialog).toHaveTextContent('This interrupts the service');
    await userEvent.click(box('Force'));
    await userEvent.click(confirm);
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(requests(api)).toEqual([
      [
        ID,
        'sync',
        {
          dryRun: true,
          force: true,
          resources: [
            {
              ...{ group: 'apps', kind: 'Deployment', name: 'orders' },
              namespace: 'orders-production',
            },
          ],
        },
      ],
    ]);
  });

  it('finds an object among many', async () => {
    const api = fake({
      resources: Array.from({ length: 40 }, (_, index) =>
        object(`part-${index}`),
      ),
    });
    const { dialog } = await open(api, 'Sync');
    const part = within(dialog);
    await userEvent.click(
      part.getByRole('checkbox', { name: 'Only these objects' }),
    );
    const list = part.getByRole('group', { name: 'Objects to sync' });
    await userEvent.type(
      part.getByRole('searchbox', { name: 'Find an object' }),
      'part-3',
    );
    await userEvent.click(
      within(list).getByRole('checkbox', { name: 'All of these (11)' }),
    );
    await userEvent.click(
      within(list).getByRole('checkbox', { name: 'Deployment part-30' }),
    );
    await userEvent.click(part.getByRole('button', { name: 'Sync' }));
    await waitFor(() => expect(requests(api)).toHaveLength(1));
    expect((requests(api)[0][2] as any).resources).toHaveLength(10);
  });

  it('offers a hard refresh, and to Flux only what Flux has', async () => {
    const api = fake();
    const { dialog } = await open(api, 'Refresh');
    await userEvent.click(
      within(dialog).getByRole('checkbox', { name: 'Hard refresh' }),
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Refresh' }),
    );
    await waitFor(() =>
      expect(requests(api)).toEqual([[ID, 'refresh', { hard: true }]]),
    );
  });

  it('has no options where the engine has none', async () => {
    const { dialog } = await open(fake({ engine: 'flux' }), 'Sync');
    expect(within(dialog).queryByRole('checkbox')).not.toBeInTheDocument();
  });

  it('stays open with the reason when the command is refused', async () => {
    const api = fake();
    api.refusal = new Error('Project shop forbids a sync until 08:00');
    const { dialog } = await open(api, 'Sync');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Sync' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      'Project shop forbids a sync until 08:00',
    );
    expect(within(dialog).getByRole('button', { name: 'Sync' })).toBeEnabled();
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Cancel' }),
    );
    expect(api.runs).toEqual([]);
  });
});

describe('a command that was given', () => {
  it('is followed on the card until it ends, and stays there when it failed', async () => {
    const api = fake();
    const { dialog, signals } = await open(api, 'Sync');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Sync' }));
    expect(await card().findByText('Syncing')).toBeVisible();
    expect(card().getByText(/asked by/)).toHaveTextContent(/asked by ada/i);

    api.tell({ state: 'running', message: 'Applying 3 objects' });
    signals.send({ type: 'applications-changed', applicationIds: [ID] });
    expect(await card().findByText('Applying 3 objects')).toBeVisible();

    api.tell({
      state: 'failed',
      message: 'Deployment orders is invalid: spec.selector is immutable',
      finishedAt: new Date().toISOString(),
    });
    signals.send({ type: 'applications-changed', applicationIds: [ID] });
    expect(await card().findByText('Sync failed')).toBeVisible();
    expect(card().getByText(/spec.selector is immutable/)).toBeVisible();
    // A toast moves in, so that it is there before it is visible.
    expect(
      await screen.findByText('Sync failed: orders in Production'),
    ).toBeInTheDocument();

    await userEvent.click(
      card().getByRole('button', { name: 'Dismiss: Sync failed' }),
    );
    expect(card().queryByText('Sync failed')).not.toBeInTheDocument();
  });

  it('by somebody else is shown too, until a later one of its kind succeeded', async () => {
    const api = fake();
    api.runs = [
      run({ id: 'of-grace', requestedBy: 'user:default/grace' }),
      run({ id: 'elsewhere', applicationId: 'another', message: 'Not here' }),
    ];
    const signals = new FakeSignalApi();
    renderOnEntity({ api, signals, element: <ServiceContent /> });
    expect(await screen.findByText('The tag does not exist')).toBeVisible();
    expect(screen.queryByText('Not here')).not.toBeInTheDocument();
    const now = new Date().toISOString();
    api.runs = [
      run({
        ...{ id: 'later', state: 'succeeded', message: 'Synced to 1.8.2' },
        ...{ requestedAt: now, finishedAt: now },
      }),
      ...api.runs,
    ];
    signals.send({ type: 'applications-changed' });
    expect(await card().findByText('Sync succeeded')).toBeVisible();
    expect(
      screen.queryByText('The tag does not exist'),
    ).not.toBeInTheDocument();
  });
});
