import type { BackendFeature } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { readFileSync } from 'node:fs';
import path from 'node:path';

jest.setTimeout(180_000);

/** The scaffolder and its modules, as the portal adds them. */
function scaffolderFeatures(): BackendFeature[] {
  const index = readFileSync(path.join(__dirname, 'index.ts'), 'utf8');
  return [...index.matchAll(/import\('([^']*scaffolder-backend[^']*)'\)/g)].map(
    ([, name]) => jest.requireActual<{ default: BackendFeature }>(name).default,
  );
}

it('starts with the publish actions of every forge beside our own', async () => {
  const backend = await startTestBackend({
    features: [
      ...scaffolderFeatures(),
      catalogServiceMock.factory(),
      mockServices.rootConfig.factory({
        data: {
          backend: { baseUrl: 'http://localhost', listen: ':0' },
          integrations: {
            azure: [{ credentials: [{ personalAccessToken: 'x' }] }],
            bitbucketCloud: [{ username: 'x', token: 'x' }],
            bitbucketServer: [{ host: 'bitbucket.example.com', token: 'x' }],
            gitea: [{ host: 'git.example.com', username: 'x', password: 'x' }],
            github: [{ host: 'github.com', token: 'x' }],
            gitlab: [{ host: 'gitlab.com', token: 'x' }],
          },
        },
      }),
    ],
  });
  try {
    const response = await fetch(
      `http://localhost:${backend.server.port()}/api/scaffolder/v2/actions`,
    );
    const actions = (await response.json()) as Array<{ id: string }>;
    expect(actions.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'gitops:name:check',
        'gitops:pull-request:open',
        'publish:azure',
        'publish:bitbucketCloud',
        'publish:bitbucketServer',
        'publish:gitea',
        'publish:github',
        'publish:gitlab',
      ]),
    );
  } finally {
    await backend.stop();
  }
});
