import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Fact } from '@fairway/plugin-gitops-common';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';
import { sampleFact } from '../testUtils/sampleFact';
import {
  sampleGenerator,
  sampleInputs,
  sampleProject,
  sampleRollingGenerator,
} from '../testUtils/sampleMakers';
import { renderOnEntity } from '../__testUtils__/renderWithFake';
import { ServiceContent } from './ServiceContent';

jest.setTimeout(60_000);

async function renderMakers(facts: Fact[]) {
  const api = new FakeGitopsApi();
  api.facts = facts;
  renderOnEntity({ api, element: <ServiceContent /> });
  const list = await screen.findByRole('list', {
    name: 'Generators and projects',
  });
  return { list, rows: within(list).getAllByRole('listitem') };
}

/** What stands after a term, line by line. */
function told(row: HTMLElement, term: string): Array<string | null> {
  const lines = within(row).getByText(term).nextElementSibling!.children;
  return [...lines].map(({ textContent }) => textContent);
}

describe('what makes the applications of a service, and what its projects allow', () => {
  it('shows when a project lets its applications sync, and where to', async () => {
    const { rows } = await renderMakers([sampleProject()]);
    const [row] = rows;
    expect(row).toHaveTextContent(/^Healthy.*Project payments/);
    const summary = within(row).getByText('2 sync windows · 2 destinations');
    expect(within(row).getByText('Payments team')).not.toBeVisible();
    await userEvent.click(summary);
    expect(within(row).getByText('Payments team')).toBeVisible();
    expect(told(row, 'Sync windows')).toEqual([
      'No sync 0 22 * * * for 8 h, Europe/Paris · applications *-production · people may sync · Nightly batch',
      'Sync only 0 8 * * 1-5 for 10 h, UTC · namespaces orders and clusters eu-*',
    ]);
    expect(told(row, 'Destinations')).toEqual([
      'orders* on https://kubernetes.default.svc',
      '!kube-system on eu-west',
    ]);
    expect(told(row, 'Repositories')).toEqual(['https://forge.example/acme/*']);
    // A project is no guardrail, and told once.
    expect(screen.queryByRole('region', { name: 'Guardrails' })).toBeNull();
    expect(screen.getAllByText('Project payments')).toHaveLength(1);
  });

  it('shows what a generator made, the worst first, and how far it is', async () => {
    const { rows } = await renderMakers([sampleRollingGenerator()]);
    const [row] = rows;
    expect(row).toHaveTextContent(/step 2 waits until orders-production/);
    await userEvent.click(
      within(row).getByText('5 applications · 1 out of sync'),
    );
    expect(told(row, 'Applications')).toEqual([
      'orders-productionProgressingOut of syncstep 2 of 3 · Progressing',
      'orders-devHealthySyncedstep 1 of 3',
      '3 more',
    ]);
    expect(told(row, 'Generators')).toEqual(['matrix, git, list']);
    expect(told(row, 'Reads')).toEqual(['acme/platform', 'acme/orders']);
  });

  it('shows the pull requests that previews are made for', async () => {
    const { rows } = await renderMakers([sampleInputs()]);
    await userEvent.click(
      within(rows[0]).getByText('GitHubPullRequest · 2 inputs'),
    );
    expect(told(rows[0], 'Pull requests')).toEqual([
      '#41 Faster checkout by ada',
      '#42',
    ]);
    expect(told(rows[0], 'Labels')).toEqual(['preview']);
  });

  it('says what is wrong with one at the top of the page alone', async () => {
    const { rows } = await renderMakers([sampleGenerator()]);
    const words = /failed to list refs/;
    expect(
      screen.getByRole('region', { name: 'What is wrong' }),
    ).toHaveTextContent(words);
    expect(rows[0]).not.toHaveTextContent(words);
  });

  it('stands details of a backend of another version', async () => {
    const odd = (kind: Fact['kind'], details: object) =>
      sampleFact({ kind, ref: { kind, name: 'odd' }, details });
    const { rows } = await renderMakers([
      odd('project', { syncWindows: [{ kind: 'maybe' }, 7], destinations: {} }),
      odd('generator', { applications: [{}, null], applicationCount: 'x' }),
      odd('preview', { provider: { kind: 'new' }, pullRequests: 'x' }),
    ]);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toHaveTextContent('may sync at any time');
    expect(rows[1]).toHaveTextContent('0 applications');
    expect(rows[2]).toHaveTextContent('0 inputs');
  });
});
