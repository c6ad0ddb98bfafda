import { render, screen } from '@testing-library/react';
import { Route } from 'react-router-dom';
import { FlatRoutes } from '@backstage/core-app-api';
import { wrapInTestApp, TestApiProvider } from '@backstage/test-utils';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import {
  EntityGitopsContent,
  GitopsPage,
  gitopsApiRef,
  gitopsPlugin,
} from './legacy';
import { rootRouteRef } from './routes';
import { FakeGitopsApi } from './testUtils/FakeGitopsApi';

jest.setTimeout(60_000);

function renderLegacy(element: JSX.Element) {
  render(
    wrapInTestApp(
      <TestApiProvider apis={[[gitopsApiRef, new FakeGitopsApi()]]}>
        <FlatRoutes>
          <Route path="/under-test" element={element} />
        </FlatRoutes>
      </TestApiProvider>,
      {
        routeEntries: ['/under-test'],
        mountedRoutes: {
          '/gitops': rootRouteRef,
          '/catalog/:namespace/:kind/:name': entityRouteRef,
        },
      },
    ),
  );
}

describe('the legacy plugin', () => {
  it('provides the client of the backend', () => {
    expect([...gitopsPlugin.getApis()].map(({ api }) => api.id)).toEqual([
      'plugin.gitops.service',
    ]);
  });

  it('shows the fleet on a page of its own', async () => {
    renderLegacy(<GitopsPage />);
    expect(
      await screen.findByRole('button', { name: /^orders in Production/ }),
    ).toBeVisible();
  });

  it('shows the deployments of an entity', async () => {
    renderLegacy(
      <EntityProvider
        entity={{
          apiVersion: 'backstage.io/v1alpha1',
          kind: 'Component',
          metadata: { name: 'orders', namespace: 'default' },
        }}
      >
        <EntityGitopsContent />
      </EntityProvider>,
    );
    expect(
      await screen.findByRole('list', { name: 'Environments' }),
    ).toBeVisible();
  });
});
