import {
  act,
  fireEvent,
  screen,
  waitFor,
  within,
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  card,
  change,
  fake,
  ID,
  object,
  open,
  openPage,
  requests,
} from '../__testUtils__/commandPage';

jest.setTimeout(60_000);

async function tabTo(control: HTMLElement) {
  for (let tabs = 0; tabs < 30 && document.activeElement !== control; tabs++) {
    await userEvent.tab();
  }
  expect(control).toHaveFocus();
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
    expect(dialog).toHaveTextContent(/tries out what .* Nothing is changed/);
    await userEvent.click(box('Only these objects'));
    const confirm = within(dialog).getByRole('button', { name: 'Try out' });
    expect(confirm).toBeDisabled();
    expect(dialog).toHaveTextContent('Choose an object.');
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

  it('syncs to a revision, and promises nothing that was found of another', async () => {
    const api = fake({
      resources: [object('old', { requiresPruning: true })],
    });
    const { dialog } = await open(api, 'Sync');
    const part = within(dialog);
    const field = part.getByRole('textbox', { name: 'Revision' });
    expect(field).toHaveAccessibleDescription(
      /Empty: main, as the source says/,
    );
    expect(dialog).toHaveTextContent('1 object differs from Git');
    expect(dialog).toHaveTextContent('1 object would be deleted');
    await userEvent.type(field, ' v2.0 ');
    expect(dialog).toHaveTextContent('applies revision v2.0 to');
    expect(dialog).not.toHaveTextContent(/differs from Git|would be deleted/);
    await userEvent.click(part.getByRole('button', { name: 'Sync' }));
    await waitFor(() =>
      expect(requests(api)).toEqual([[ID, 'sync', { revision: 'v2.0' }]]),
    );
  });

  it('offers a revision only where the backend would take one', async () => {
    const api = fake({
      policy: { automated: true, prune: false, selfHeal: false },
    });
    const { dialog, signals } = await open(api, 'Sync');
    const part = within(dialog);
    const field = part.getByRole('textbox', { name: 'Revision' });
    const confirm = (name: string) => part.getByRole('button', { name });
    await userEvent.type(field, 'main');
    expect(confirm('Sync')).toBeEnabled();
    await userEvent.type(field, '-2');
    expect(confirm('Sync')).toBeDisabled();
    expect(dialog).toHaveTextContent('It syncs to main by itself');
    await userEvent.click(part.getByRole('checkbox', { name: 'Dry run' }));
    expect(confirm('Try out')).toBeEnabled();
    fireEvent.change(field, { target: { value: 'x'.repeat(251) } });
    expect(confirm('Try out')).toBeDisabled();
    expect(dialog).toHaveTextContent('at most 250 characters');

    const repository = { repoUrl: 'https://git.example/a.git' };
    change(api, {
      sources: [repository, { repoUrl: 'https://git.example/b' }],
    });
    act(() => signals.send({ type: 'applications-changed' }));
    await waitFor(() => expect(field).not.toBeInTheDocument());
  });

  it('says when what was chosen is synced meanwhile, and asks for nothing then', async () => {
    const api = fake({ resources: [object('orders'), object('worker')] });
    const { dialog, signals } = await open(api, 'Sync');
    const part = within(dialog);
    const choose = (name: string) =>
      userEvent.click(part.getByRole('checkbox', { name }));
    await choose('Only these objects');
    await choose('Deployment orders');
    const confirm = part.getByRole('button', { name: 'Sync' });
    expect(confirm).toBeEnabled();
    change(api, { resources: [object('worker')] });
    act(() => signals.send({ type: 'applications-changed' }));
    expect(
      await part.findByText(/What you chose is synced by now/),
    ).toBeVisible();
    expect(confirm).toBeDisabled();

    // Nothing differs any more: the choice is still there to be taken back.
    change(api, { resources: [] });
    act(() => signals.send({ type: 'applications-changed' }));
    await waitFor(() =>
      expect(
        part.queryByRole('checkbox', { name: 'Deployment worker' }),
      ).not.toBeInTheDocument(),
    );
    expect(confirm).toBeDisabled();
    await choose('Only these objects');
    await userEvent.click(confirm);
    await waitFor(() => expect(requests(api)).toEqual([[ID, 'sync', {}]]));
  });

  it('is used by keyboard alone, and the focus is never lost', async () => {
    const api = fake();
    const { commands, signals } = await openPage(api);
    const sync = within(commands).getByRole('button', { name: 'Sync' });
    sync.focus();
    await userEvent.keyboard('{Enter}');
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toContainElement(document.activeElement as HTMLElement);
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    await waitFor(() => expect(sync).toHaveFocus());

    await userEvent.keyboard('{Enter}');
    const again = within(await screen.findByRole('dialog'));
    await tabTo(again.getByRole('checkbox', { name: 'Dry run' }));
    await userEvent.keyboard(' ');
    await tabTo(again.getByRole('button', { name: 'Try out' }));
    // While it runs there is no button for another sync: the focus has nowhere to go back to.
    change(api, { commands: ['refresh', 'terminate'] });
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(sync).not.toBeInTheDocument());
    await waitFor(() =>
      expect(
        within(commands).getByRole('button', { name: 'Refresh' }),
      ).toHaveFocus(),
    );
    expect(requests(api)).toEqual([[ID, 'sync', { dryRun: true }]]);

    api.tell({ state: 'failed', message: 'It would not do' });
    act(() => signals.send({ type: 'applications-changed' }));
    const dismiss = await card().findByRole('button', { name: /^Dismiss/ });
    dismiss.focus();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(dismiss).not.toBeInTheDocument());
    expect(commands).toContainElement(document.activeElement as HTMLElement);
  });
});
