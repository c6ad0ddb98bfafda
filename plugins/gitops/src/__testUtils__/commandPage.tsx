import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Application, CommandRun } from '@fairway/plugin-gitops-common';
import { ServiceContent } from '../components/ServiceContent';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';
import { FakeSignalApi, renderOnEntity } from './renderWithFake';

/** The application that commands are given to: orders in production. */
export const ID = 'eu-1.orders-production';

/** What was asked of the backend. */
export function requests(api: FakeGitopsApi) {
  return api.calls
    .filter(({ method }) => method === 'runCommand')
    .map(({ args }) => args);
}

/** An object that differs from Git. */
export function object(name: string, fields: object = {}) {
  return {
    ...{ group: 'apps', version: 'v1', kind: 'Deployment', name },
    ...{ namespace: 'orders-production', sync: 'out-of-sync' as const },
    ...fields,
  };
}

/** Changes the application, as the next answer tells it. */
export function change(api: FakeGitopsApi, fields: Partial<Application>) {
  api.applications = api.applications.map(application =>
    application.id === ID ? { ...application, ...fields } : application,
  );
}

export function fake(fields: Partial<Application> = {}): FakeGitopsApi {
  const api = new FakeGitopsApi();
  change(api, fields);
  return api;
}

/** The page, with the buttons of the application. */
export async function openPage(api: FakeGitopsApi) {
  const signals = new FakeSignalApi();
  renderOnEntity({ api, signals, element: <ServiceContent /> });
  const commands = await screen.findByRole('group', {
    name: 'Commands for orders in Production',
  });
  return { commands, signals };
}

/** The page, with the dialog of a command. */
export async function open(api: FakeGitopsApi, command: string) {
  const { commands, signals } = await openPage(api);
  await userEvent.click(
    within(commands).getByRole('button', { name: command }),
  );
  return { dialog: await screen.findByRole('dialog'), signals, commands };
}

/** The card of production: where its commands are told. */
export function card() {
  const pipeline = screen.getByRole('list', { name: 'Environments' });
  return within(
    within(pipeline)
      .getByRole('heading', { name: 'Production' })
      .closest('li') as HTMLElement,
  );
}

/** A sync that failed five minutes ago, unless told otherwise. */
export function run(fields: Partial<CommandRun>): CommandRun {
  return {
    ...{ id: 'earlier', applicationId: ID, command: 'sync', request: {} },
    requestedBy: 'user:default/ada',
    requestedAt: new Date(Date.now() - 300_000).toISOString(),
    ...{ state: 'failed', message: 'The tag does not exist' },
    ...fields,
  };
}
