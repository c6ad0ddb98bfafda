import { renderTestApp } from '@backstage/frontend-test-utils';
import {
  createFrontendModule,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { signalApiRef, type SignalApi } from '@backstage/plugin-signals-react';
import gitopsPlugin, { gitopsApiRef } from '..';
import type { FakeGitopsApi } from '../testUtils/FakeGitopsApi';

/** Signals that a test sends itself. */
export class FakeSignalApi implements SignalApi {
  readonly #listeners = new Set<(message: any) => void>();

  subscribe(_channel: string, onMessage: (message: any) => void) {
    this.#listeners.add(onMessage);
    return { unsubscribe: () => this.#listeners.delete(onMessage) };
  }

  send(message: unknown) {
    this.#listeners.forEach(listener => listener(message));
  }
}

/** Renders the plugin's own pages in an app, on top of a fake backend. */
export function renderPlugin(options: {
  api: FakeGitopsApi;
  path: string;
  signals?: FakeSignalApi;
}) {
  const { api, path, signals = new FakeSignalApi() } = options;
  return renderTestApp({
    features: [gitopsPlugin],
    initialRouteEntries: [path],
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
    apis: [
      [gitopsApiRef, api],
      [signalApiRef, signals],
    ],
  });
}

/** Renders something that stands on the page of the component `orders`. */
export function renderOnEntity(options: {
  api: FakeGitopsApi;
  element: JSX.Element;
  name?: string;
  signals?: FakeSignalApi;
}) {
  const { api, element, name = 'orders' } = options;
  const { signals = new FakeSignalApi() } = options;
  const entity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default' },
  };
  const page = PageBlueprint.make({
    name: 'under-test',
    params: {
      path: '/under-test',
      noHeader: true,
      loader: async () => (
        <EntityProvider entity={entity}>{element}</EntityProvider>
      ),
    },
  });
  return renderTestApp({
    features: [
      gitopsPlugin,
      createFrontendModule({ pluginId: 'gitops', extensions: [page] }),
    ],
    initialRouteEntries: ['/under-test'],
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
    apis: [
      [gitopsApiRef, api],
      [signalApiRef, signals],
    ],
  });
}
