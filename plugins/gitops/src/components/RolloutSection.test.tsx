import { screen, within } from '@testing-library/react';
import type { Fact } from '@fairway/plugin-gitops-common';
import { renderOnEntity } from '../__testUtils__/renderWithFake';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';
import { hoursAgo } from '../testUtils/sampleFleet';
import { sampleCanary, sampleRollout } from '../testUtils/sampleRollouts';
import { ServiceContent } from './ServiceContent';

jest.setTimeout(60_000);

async function renderRollouts(facts: Fact[]): Promise<HTMLElement> {
  const api = new FakeGitopsApi();
  api.facts = facts;
  renderOnEntity({ api, element: <ServiceContent /> });
  return screen.findByRole('region', { name: 'Rollout' });
}

/** The steps of a track as people hear them. */
function stepsOf(track: HTMLElement): string[] {
  return within(track)
    .getAllByRole('listitem')
    .map(({ textContent }) => textContent ?? '');
}

describe('the rollouts of a service', () => {
  it('say where a canary of Argo Rollouts is, why it waits, and what its analysis measured', async () => {
    const rollout = await renderRollouts(sampleRollout());
    expect(rollout).toHaveTextContent('Paused');
    expect(rollout).toHaveTextContent('Step 4 of 7');
    expect(rollout).toHaveTextContent(
      /Paused for 5m, then it goes on by itself\. Since .* \(3 min\)/,
    );
    expect(
      within(rollout).getByRole('meter', { name: 'Share of the new version' }),
    ).toHaveAttribute('aria-valuenow', '20');
    const track = within(rollout).getByRole('list', {
      name: 'Steps of the rollout in Production',
    });
    expect(stepsOf(track)).toEqual([
      '5 %done',
      'Analysis success-ratedone',
      '20 %done',
      'Pause 5mwaits here',
      '50 %to come',
      'Pause until promotedto come',
      '100 %to come',
    ]);
    expect(
      within(rollout).getByRole('row', { name: /success-rate/ }),
    ).toHaveTextContent('success-rateSuccessful[0.9987]0 of 5');
  });

  it('say at which step an analysis aborted it, and that the rest was not reached', async () => {
    const rollout = await renderRollouts(
      sampleRollout({
        details: {
          phase: 'Degraded',
          aborted: true,
          currentStep: 0,
          paused: undefined,
          weight: 0,
          analysis: [{ name: 'orders-7d9c-2-1', phase: 'Failed' }],
        },
        run: {
          phase: 'Failed',
          metrics: [
            {
              name: 'success-rate',
              phase: 'Failed',
              value: '[0.8]',
              count: 3,
              failed: 2,
            },
          ],
        },
        fact: {
          health: 'degraded',
          message:
            'Metric success-rate failed; the old version has the traffic',
        },
      }),
    );
    expect(rollout).toHaveTextContent('Aborted: Metric success-rate failed');
    expect(
      stepsOf(within(rollout).getByRole('list', { name: /^Steps/ })),
    ).toEqual([
      '5 %done',
      'Analysis success-ratefailed here',
      ...['20 %', 'Pause 5m', '50 %', 'Pause until promoted', '100 %'].map(
        label => `${label}not reached`,
      ),
    ]);
    expect(
      within(rollout).getByRole('row', { name: /success-rate/ }),
    ).toHaveTextContent('[0.8]2 of 3');
  });

  it('say of when they are while their cluster cannot be seen', async () => {
    const staleSince = hoursAgo(3);
    const [paused, run] = sampleRollout({ fact: { staleSince } });
    const complete = { ...sampleCanary(), staleSince };
    const rollout = await renderRollouts([
      ...[paused, run],
      { ...complete, id: 'done', health: 'healthy' },
    ]);
    expect(rollout).toHaveTextContent(/orders · Canary · .*as of /);
    expect(rollout).toHaveTextContent(/Rolled out: Staging \(as of .*\)/);
  });

  it('show Flagger alike: given up, promoted, and with a hundred steps', async () => {
    const steps = Array.from({ length: 100 }, (_, index) => ({
      kind: 'weight' as const,
      weight: index + 1,
      label: `${index + 1} %`,
    }));
    const moving = sampleCanary({
      phase: 'Progressing',
      aborted: undefined,
      steps,
      currentStep: 50,
      weight: 51,
      failedChecks: 2,
      analysis: undefined,
    });
    const rollout = await renderRollouts([
      sampleCanary(),
      { ...moving, id: 'moving', environment: 'dev', health: 'progressing' },
      {
        ...sampleCanary(),
        id: 'done',
        environment: 'production',
        health: 'healthy',
      },
    ]);
    expect(rollout).toHaveTextContent(/Aborted: Canary analysis failed/);
    expect(rollout).toHaveTextContent(
      'At which step it was given up is not known.',
    );
    expect(rollout).toHaveTextContent(
      '2 checks failed in this rollout; at 5 it is aborted.',
    );
    expect(
      stepsOf(
        within(rollout).getByRole('list', {
          name: 'Steps of the rollout in Development',
        }),
      ),
    ).toEqual([
      '1 %done',
      '…47 more stepsdone',
      ...['49 %done', '50 %done', '51 %now'],
      ...['52 %to come', '53 %to come'],
      '…46 more stepsto come',
      '100 %to come',
    ]);
    expect(rollout).toHaveTextContent('Rolled out: Production');
  });
});
