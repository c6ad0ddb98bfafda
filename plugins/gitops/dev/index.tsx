import '@backstage/cli/asset-types';
// This file stands for an app, and apps bring the styles.
// eslint-disable-next-line @backstage/no-ui-css-imports-in-non-frontend
import '@backstage/ui/css/styles.css';
import { useEffect } from 'react';
import ReactDOM from 'react-dom/client';
import type { Entity } from '@backstage/catalog-model';
import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import gitopsPlugin, { gitopsApiRef } from '../src';
import catalogTableModule from '../src/catalog';
import { FakeGitopsApi } from '../src/testUtils/FakeGitopsApi';
import { sampleFacts, withOrigins } from '../src/testUtils/sampleFacts';
import { sampleApplications, sampleRows } from '../src/testUtils/sampleFleet';

const components: Entity[] = sampleRows(sampleApplications())
  .filter(({ entityRef }) => entityRef)
  .map(({ name, owner }) => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      description: `The service ${name}.`,
    },
    spec: { type: 'service', lifecycle: 'production', owner, system: 'shop' },
    relations: [{ type: 'ownedBy', targetRef: owner ?? '' }],
  }));

const sampleGitops = createFrontendModule({
  pluginId: 'gitops',
  extensions: [
    ApiBlueprint.make({
      params: defineParams =>
        defineParams({
          api: gitopsApiRef,
          deps: {},
          factory: () => {
            const api = new FakeGitopsApi();
            api.facts = sampleFacts();
            api.applications = withOrigins(api.applications);
            return api;
          },
        }),
    }),
  ],
});

const sampleCatalog = createFrontendModule({
  pluginId: 'catalog',
  extensions: [
    ApiBlueprint.make({
      params: defineParams =>
        defineParams({
          api: catalogApiRef,
          deps: {},
          factory: () => new InMemoryCatalogClient({ entities: components }),
        }),
    }),
  ],
});

const user = 'user:default/ada';

const sampleUser = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SignInPageBlueprint.make({
      params: {
        loader: async () =>
          function SampleSignIn({ onSignInSuccess }) {
            useEffect(
              () =>
                onSignInSuccess({
                  getBackstageIdentity: async () => ({
                    type: 'user',
                    userEntityRef: user,
                    ownershipEntityRefs: [user, 'group:default/payments'],
                  }),
                  getCredentials: async () => ({}),
                  getProfileInfo: async () => ({ displayName: 'Ada Lovelace' }),
                  signOut: async () => {},
                }),
              [onSignInSuccess],
            );
            return null;
          },
      },
    }),
  ],
});

const app = createApp({
  features: [
    catalogPlugin,
    sampleCatalog,
    catalogTableModule,
    gitopsPlugin,
    sampleGitops,
    sampleUser,
  ],
});

ReactDOM.createRoot(document.getElementById('root')!).render(app.createRoot());
