import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  card,
  fake,
  ID,
  open,
  openPage,
  run,
} from '../__testUtils__/commandPage';

jest.setTimeout(60_000);

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
    const { signals } = await openPage(api);
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

  it('as a dry run leaves a sync that failed where it is, and is no trouble itself', async () => {
    const api = fake({
      ...{ health: 'healthy', sync: 'synced' },
      operation: { phase: 'failed', dryRun: true, message: 'It would not do' },
    });
    const now = new Date().toISOString();
    api.runs = [
      run({
        ...{ id: 'tried', request: { dryRun: true }, state: 'succeeded' },
        ...{ requestedAt: now, finishedAt: now, message: 'All tasks run' },
      }),
      run({}),
    ];
    await openPage(api);
    expect(await screen.findByText('Sync succeeded (dry run)')).toBeVisible();
    expect(screen.getByText('The tag does not exist')).toBeVisible();
    expect(screen.queryByText(/The last sync failed/)).not.toBeInTheDocument();
    expect(screen.queryByText(/It would not do/)).not.toBeInTheDocument();
  });

  it('as a dry run shows object by object what would happen, until a sync follows', async () => {
    const api = fake();
    api.runs = [run({ id: 'elsewhere', applicationId: 'another' })];
    const { dialog, signals } = await open(api, 'Sync');
    await userEvent.click(
      within(dialog).getByRole('checkbox', { name: 'Dry run' }),
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Try out' }),
    );
    const result = (name: string, fields: object) => ({
      ...{ group: 'apps', kind: 'Deployment', name, namespace: 'orders' },
      ...{ status: 'synced' as const, message: `${name} says` },
      ...fields,
    });
    // Long enough ago for another success to be shown no more.
    const minutesAgo = new Date(Date.now() - 5 * 60_000).toISOString();
    api.tell({
      ...{ state: 'succeeded', message: 'successfully synced' },
      finishedAt: minutesAgo,
      results: [
        result('bad', { status: 'sync-failed' }),
        result('gone', { status: 'pruned' }),
        result('kept', { status: 'prune-skipped' }),
        result('fresh', { change: 'created' }),
        result('other', { change: 'changed' }),
        result('migrate', { hook: 'PreSync' }),
        result('same', { change: 'unchanged' }),
        result('same-2', { change: 'unchanged' }),
      ],
      omittedResults: 3,
    });
    act(() => signals.send({ type: 'applications-changed' }));
    const table = await card().findByRole('table', {
      name: 'What would happen',
    });
    expect(table).toBeVisible();
    expect(
      within(table)
        .getAllByRole('row')
        .slice(1)
        .map(({ textContent }) => textContent),
    ).toEqual([
      'FailedDeployment badbad says',
      'DeletedDeployment gone',
      'KeptDeployment keptkept says',
      'CreatedDeployment fresh',
      'ChangedDeployment other',
      'AppliedDeployment migrate · PreSync hook',
    ]);
    expect(
      card().getByText(
        'What would happen: 1 failed, 1 deleted, 1 kept though not in Git, 1 created, 1 changed, 1 applied, 2 unchanged',
      ),
    ).toBeVisible();
    expect(card().getByText('3 more objects are not listed.')).toBeVisible();
    // A toast moves in, so that it is there before it is visible.
    expect(
      await screen.findByText('Sync succeeded (dry run): orders in Production'),
    ).toBeInTheDocument();

    api.runs = [
      run({
        ...{ id: 'real', state: 'succeeded', message: 'Done' },
        requestedAt: new Date().toISOString(),
        results: [result('same', { change: 'unchanged' })],
      }),
      ...api.runs,
    ];
    act(() => signals.send({ type: 'applications-changed' }));
    expect(await card().findByText('What happened: 1 unchanged')).toBeVisible();
    expect(table).not.toBeInTheDocument();
  });
});
