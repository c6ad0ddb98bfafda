import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type {
  ClusterResourceStatus,
  Fact,
} from '@fairway/plugin-gitops-common';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';
import {
  sampleBackups,
  sampleFindings,
  samplePolicyReport,
  sampleSecret,
  sampleSharedSchedule,
  withDatabase,
  withOrigins,
} from '../testUtils/sampleFacts';
import { sampleGenerator } from '../testUtils/sampleMakers';
import { sampleFact } from '../testUtils/sampleFact';
import { hoursAgo } from '../testUtils/sampleFleet';
import { sampleRollout } from '../testUtils/sampleRollouts';
import { renderOnEntity, renderPlugin } from '../__testUtils__/renderWithFake';
import { ServiceContent } from './ServiceContent';

jest.setTimeout(60_000);

function renderFacts(
  facts: Fact[],
  change: (api: FakeGitopsApi) => void = () => {},
) {
  const api = new FakeGitopsApi();
  api.facts = facts;
  change(api);
  renderOnEntity({ api, element: <ServiceContent /> });
  return api;
}

const section = (name: string) => screen.findByRole('region', { name });

function calmItems(guardrails: HTMLElement): Array<string | null> {
  const list = within(guardrails).getByRole('list', {
    name: 'What is well, and what is not known',
  });
  return within(list)
    .getAllByRole('listitem')
    .map(({ textContent }) => textContent);
}

function kind(
  resource: string,
  change: Partial<ClusterResourceStatus> = {},
): ClusterResourceStatus {
  return { resource, state: 'connected', since: hoursAgo(40), ...change };
}

describe('the guardrails of a service', () => {
  it('are one calm line while all is well', async () => {
    renderFacts([
      samplePolicyReport([]),
      sampleSecret('orders-db'),
      sampleSecret('orders-key'),
      ...sampleBackups(),
    ]);
    const guardrails = await section('Guardrails');
    expect(calmItems(guardrails)).toEqual([
      '12 policy checks pass',
      '2 secrets in sync',
      'last backup 5 h ago',
    ]);
    // It is said of backups of what keeps data.
    expect(guardrails).not.toHaveTextContent(/Git restores/);
    await userEvent.click(
      within(guardrails).getByText('What is well, and what else is known'),
    );
    expect(
      within(guardrails).getByRole('list', { name: 'Backups' }),
    ).toHaveTextContent(
      'orders-production last backup 5 h ago · Completed · schedule 0 3 * * *',
    );
    expect(screen.queryByRole('region', { name: 'Rollout' })).toBeNull();
  });

  it('tell what is wrong, the worst first, with the reason', async () => {
    renderFacts([
      samplePolicyReport(sampleFindings),
      // A second report of the same object that says the same.
      { ...samplePolicyReport(sampleFindings, { pass: 0 }), id: 'again' },
      // The same is wrong in another environment.
      {
        ...samplePolicyReport(sampleFindings.slice(1, 2), { pass: 0 }),
        ...{ id: 'dev', environment: 'dev' },
      },
      sampleSecret('orders-mail', { details: { refreshTime: hoursAgo(9) } }),
      sampleSecret('orders-db', {
        fact: {
          health: 'degraded',
          message: 'key payments/orders-db is not found',
        },
      }),
      sampleSecret('orders-key', {
        details: { store: { kind: 'SecretStore', name: 'vault' } },
        fact: { health: 'degraded', message: 'could not get secret data' },
      }),
      sampleSecret('vault', {
        details: { of: 'store' },
        fact: { health: 'degraded', message: 'unable to log in to vault' },
      }),
      ...sampleBackups({
        health: 'degraded',
        message: 'Not everything was saved: 2 errors',
      }),
    ]);
    const guardrails = await section('Guardrails');
    const rowsOf = (name: string) =>
      within(within(guardrails).getByRole('list', { name }))
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent);
    expect(rowsOf('Policies')).toEqual([
      expect.stringMatching(
        /^Criticaldisallow-privileged-containers \/ privileged-containers Pod orders-debugDevelopment, ProductionPrivileged mode/,
      ),
      expect.stringMatching(
        /^Mediumrequire-requests-limits.*Deployment orders/,
      ),
      expect.stringMatching(/^ViolatedK8sRequiredLabels/),
      expect.stringMatching(/^Lowdisallow-latest-tag.*Warning/),
    ]);
    expect(rowsOf('Secrets')).toEqual([
      expect.stringMatching(/^DegradedSecretStore vault.*unable to log in/),
      expect.stringMatching(
        /^Unknownorders-mail.*Not read since .* every 1 h\./,
      ),
      expect.stringMatching(
        /^Degradedorders-db.*reads payments\/orders-db.*not found.*See that vault has what it reads/,
      ),
      expect.stringMatching(
        /^Degradedorders-key.*Its store vault does not work; see above/,
      ),
    ]);
    expect(rowsOf('Backups')).toEqual([
      expect.stringMatching(
        /^Degraded.*Partially failed.*0 3 \* \* \*.*2 errors/,
      ),
    ]);
  });

  it('call a backup unknown that was begun, and of which nobody says how it ended', async () => {
    const [schedule] = sampleBackups();
    renderFacts([schedule]);
    const backups = await screen.findByRole('list', { name: 'Backups' });
    expect(backups).toHaveTextContent(
      /^Unknown.*last backup 5 h ago · it is not known how it ended/,
    );
  });

  it('tell what keeps data that a scheduler stopped, for all its namespaces', async () => {
    renderFacts([sampleSharedSchedule()], api => {
      api.applications = withDatabase(api.applications);
    });
    const guardrails = await section('Guardrails');
    expect(
      within(guardrails).getByRole('list', { name: 'Backups' }),
    ).toHaveTextContent(
      /^DegradedThe whole cluster without kube-\* · last backup 3 d ago.*The next one should have been made by .*Look whether Velero runs/,
    );
    expect(guardrails).toHaveTextContent(
      /It keeps data\. Git restores configuration, not data/,
    );
  });

  it('leave what keeps no data in peace, and tell it in the details', async () => {
    renderFacts([sampleSharedSchedule({ partial: true })]);
    const guardrails = await section('Guardrails');
    const backups = within(guardrails).getByRole('list', {
      name: 'Backups',
      hidden: true,
    });
    expect(backups).not.toBeVisible();
    expect(backups).toHaveTextContent(/only some of the objects there/);
    await userEvent.click(
      within(guardrails).getByText('What is well, and what else is known'),
    );
    expect(backups).toBeVisible();
    expect(guardrails).not.toHaveTextContent(/Git restores/);
  });

  it('do not pass for current while their cluster cannot be seen, nor for overdue', async () => {
    const staleSince = hoursAgo(30);
    const [schedule, backup] = sampleBackups().map(fact => ({
      ...fact,
      staleSince,
    }));
    renderFacts([
      { ...samplePolicyReport([]), staleSince },
      {
        ...sampleSecret('orders-db', {
          details: { refreshTime: hoursAgo(31) },
        }),
        staleSince,
      },
      {
        ...sampleSecret('orders-key', { fact: { health: 'degraded' } }),
        staleSince,
      },
      {
        ...schedule,
        details: { ...schedule.details, lastBackup: hoursAgo(40) },
      },
      { ...backup, details: { ...backup.details, startedAt: hoursAgo(40) } },
    ]);
    const guardrails = await section('Guardrails');
    expect(calmItems(guardrails)).toEqual([
      expect.stringMatching(/^12 policy checks pass, as of /),
      expect.stringMatching(/^1 secret in sync, as of /),
      expect.stringMatching(/^last backup 5 h ago, as of /),
    ]);
    expect(
      within(guardrails).getByRole('list', { name: 'Secrets' }),
    ).toHaveTextContent(/orders-key.*Production · as of /);
  });

  it('show the worst ten of three hundred findings, and all when asked', async () => {
    renderFacts([
      samplePolicyReport(
        Array.from({ length: 300 }, (_, index) => ({
          policy: `policy-${index}`,
          result: 'fail',
          severity: index === 250 ? 'critical' : 'low',
        })),
      ),
    ]);
    const list = await screen.findByRole('list', { name: 'Policies' });
    const rows = () => within(list).getAllByRole('listitem');
    expect(rows()).toHaveLength(10);
    expect(rows()[0]).toHaveTextContent('policy-250');
    await userEvent.click(screen.getByRole('button', { name: 'Show all 300' }));
    expect(rows()).toHaveLength(300);
  });

  it('keep apart what is not there, what cannot be seen, and what nobody looks for', async () => {
    renderFacts([], api => {
      api.applications = withDatabase(api.applications);
      api.clusters = [
        {
          ...api.clusters[0],
          state: 'forbidden',
          resources: [
            kind('argoproj.io/v1alpha1/applications', {
              problems: [
                {
                  object: 'argocd/odd',
                  message: 'Not an object',
                  since: hoursAgo(1),
                },
              ],
            }),
            kind('velero.io/v1/backups'),
            kind('wgpolicyk8s.io/v1alpha2/policyreports', {
              state: 'forbidden',
              message: 'Allow list and watch of policyreports.',
            }),
          ],
        },
      ];
    });
    const guardrails = await section('Guardrails');
    expect(calmItems(guardrails)).toEqual([
      'no backup of its data known',
      'policies on eu-1 cannot be seen now',
    ]);
    const notice = screen
      .getByText('Not everything of eu-1 can be seen')
      .closest('[role=status]') as HTMLElement;
    expect(notice).toHaveTextContent(
      'The portal may not read wgpolicyk8s.io/v1alpha2/policyreports. argoproj.io/v1alpha1/applications argocd/odd cannot be read',
    );
    expect(
      within(notice).getByRole('link', { name: 'All clusters' }),
    ).toHaveAttribute('href', '/gitops/clusters');
  });

  it('are not mentioned where nothing looks for them', async () => {
    renderFacts([]);
    expect(await section('DORA')).toBeVisible();
    expect(screen.queryByRole('region', { name: 'Guardrails' })).toBeNull();
    expect(screen.queryByRole('region', { name: 'Rollout' })).toBeNull();
  });
});

describe('facts of a backend of another version', () => {
  it('stand details that are not what they were', async () => {
    const [rollout] = sampleRollout();
    renderFacts([
      {
        ...rollout,
        health: 'progressing',
        details: {
          engine: 'next-engine',
          strategy: { kind: 'new' },
          phase: 'WarmingUp',
          steps: [null, { kind: 'teleport', label: 'Teleport' }, 'x'],
          currentStep: '1',
          weight: '20',
          paused: 'yes',
          analysis: { name: 'x' },
        },
      },
      sampleFact({
        kind: 'policy',
        ref: { name: 'odd' },
        details: { findings: 3, summary: [] },
        health: 'degraded',
        title: 'Odd policies',
      }),
      sampleFact({
        kind: 'secret',
        ref: { name: 'odd-secret' },
        details: { of: 7, remoteKeys: 'x' },
      }),
      sampleFact({ kind: 'backup', ref: { name: 'odd-backup' }, details: {} }),
      sampleFact({
        kind: 'weather' as Fact['kind'],
        ref: { name: 'later' },
        details: {},
        title: 'A kind of later',
      }),
    ]);
    expect(await section('Rollout')).toHaveTextContent('Warming up');
    expect(screen.getByText('Teleport')).toBeVisible();
    const guardrails = await section('Guardrails');
    expect(within(guardrails).getByText('Odd policies')).toBeVisible();
    await userEvent.click(
      within(guardrails).getByText('What is well, and what else is known'),
    );
    expect(within(guardrails).getByText('A kind of later')).toBeVisible();
  });
});

describe('where applications come from', () => {
  it('is told on their cards, and what is wrong with their generator above', async () => {
    renderFacts([sampleGenerator()], api => {
      api.applications = withOrigins(api.applications);
    });
    const wrong = await section('What is wrong');
    expect(wrong).toHaveTextContent(
      /ApplicationSet ordersDegraded.*failed to list refs: authentication required/,
    );
    const cards = screen.getByRole('list', { name: 'Environments' });
    expect(
      within(cards).getAllByText(
        'made by ApplicationSet orders · project payments',
      ),
    ).toHaveLength(3);
  });

  it('is listed in the panel of the fleet', async () => {
    const api = new FakeGitopsApi();
    api.applications = withOrigins(api.applications);
    renderPlugin({ api, path: '/gitops/fleet' });
    await userEvent.click(
      await screen.findByRole('button', { name: /^orders in Production/ }),
    );
    await waitFor(() => expect(screen.getByText('Made by')).toBeVisible());
    const told = (term: string) =>
      screen.getByText(term).nextElementSibling?.textContent;
    expect(told('Sources')).toBe(
      'deploy/overlays/production · acme/orders @ mainredis · charts.example @ 19.x',
    );
    expect(told('Written in')).toBe('deploy/base · acme/orders @ main');
    expect(told('Made by')).toBe('ApplicationSet orders');
    expect(told('Project')).toBe('payments');
    expect(told('Waits for')).toBe('Application orders-production-db');
  });
});
