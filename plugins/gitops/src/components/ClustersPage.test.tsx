import { NotAllowedError } from '@backstage/errors';
import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ClusterStatus } from '@fairway/plugin-gitops-common';
import { FakeSignalApi, renderPlugin } from '../__testUtils__/renderWithFake';
import { FakeGitopsApi } from '../testUtils/FakeGitopsApi';

jest.setTimeout(60_000);

const PATH = '/gitops/clusters';

function cluster(
  name: string,
  rest: Partial<ClusterStatus> = {},
): ClusterStatus {
  return {
    name,
    title: name,
    connection: 'kubernetes',
    state: 'connected',
    since: '2026-11-20T08:00:00.000Z',
    applications: 12,
    resources: [
      {
        resource: 'argoproj.io/v1alpha1/applications',
        state: 'connected',
        since: '2026-11-20T08:00:00.000Z',
        lastSeenAt: new Date().toISOString(),
      },
    ],
    ...rest,
  };
}

describe('ClustersPage', () => {
  it('says what cannot be seen and why, the worst first', async () => {
    const api = new FakeGitopsApi();
    const [seen] = cluster('x').resources;
    api.clusters = [
      cluster('a-well'),
      cluster('b-unreadable', {
        clockSkewSeconds: -300,
        resources: [
          {
            ...seen,
            problems: [
              {
                object: 'argocd/broken',
                message: 'argocd cannot read it: no spec',
                since: '2026-11-20T08:00:00.000Z',
              },
            ],
          },
        ],
      }),
      cluster('c-forbidden', {
        state: 'forbidden',
        resources: [
          seen,
          {
            ...seen,
            resource: 'argoproj.io/v1alpha1/rollouts',
            state: 'forbidden',
            message: 'grant it get, list and watch',
          },
        ],
      }),
      cluster('d-gone', {
        connection: 'argocd',
        state: 'unreachable',
        resources: ['applications', 'appprojects'].map(plural => ({
          ...seen,
          resource: `argoproj.io/v1alpha1/${plural}`,
          state: 'unreachable',
          message: 'The connection was refused',
        })),
      }),
      cluster('c-partial', {
        connection: 'argocd',
        resources: [{ ...seen, message: 'The token lost the project shop' }],
      }),
      cluster('e-empty', { state: 'not-installed', resources: [] }),
    ];
    renderPlugin({ api, path: PATH });
    expect(await screen.findByText('4 need a look')).toBeVisible();
    const titles = screen
      .getAllByRole('heading', { level: 3 })
      .map(({ textContent }) => textContent);
    expect(titles).toEqual([
      'd-gone',
      'c-forbidden',
      'e-empty',
      'b-unreadable',
      'c-partial',
      'a-well',
    ]);
    const card = (title: string) =>
      screen.getByRole('heading', { name: title }).closest('li')!;
    expect(card('d-gone')).toHaveTextContent(
      /Unreachable.*Argo CD API · 12 applications.*What is shown of 2 kinds may be out of date.*The connection was refused.*was true at/,
    );
    expect(card('c-forbidden')).toHaveTextContent(
      /may not read argoproj.io\/v1alpha1\/rollouts.*grant it get, list and watch/,
    );
    expect(card('b-unreadable')).toHaveTextContent(
      /clock is 5 min behind.*argocd\/broken cannot be read.*no spec/,
    );
    expect(card('c-partial')).toHaveTextContent(
      /Connected.*Not all of argoproj.io\/v1alpha1\/applications can be seen.*lost the project shop/,
    );
    expect(card('e-empty')).toHaveTextContent(/Neither Argo CD nor Flux/);
    await userEvent.click(
      within(card('a-well')).getByText('1 kind is watched'),
    );
    expect(
      within(card('a-well')).getByRole('row', {
        name: /argoproj.io\/v1alpha1\/applications Connected/,
      }),
    ).toBeVisible();
  });

  it('follows what changes', async () => {
    const api = new FakeGitopsApi();
    const signals = new FakeSignalApi();
    api.clusters = [cluster('eu-1')];
    renderPlugin({ api, path: PATH, signals });
    expect(await screen.findByText('Everything can be seen')).toBeVisible();
    api.clusters = [];
    act(() => signals.send({ type: 'applications-changed' }));
    act(() => signals.send({ type: 'clusters-changed' }));
    expect(await screen.findByText('No cluster is watched')).toBeVisible();
    expect(
      api.calls.filter(({ method }) => method === 'getClusters'),
    ).toHaveLength(2);
  });

  it('says who may not see it', async () => {
    const api = new FakeGitopsApi();
    api.error = new NotAllowedError('You may not read applications.');
    renderPlugin({ api, path: PATH });
    expect(await screen.findByText('You may not see this')).toBeVisible();
  });
});
