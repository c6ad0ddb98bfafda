import { mockServices } from '@backstage/backend-test-utils';
import { ScmIntegrations } from '@backstage/integration';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import type { GitopsApi } from '@fairway/plugin-gitops-common';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { gitopsServiceMock } from '@fairway/plugin-gitops-node/testUtils';
import { REPLAYED_FORGES, startReplay } from '../__testUtils__/replayedForges';
import { useActions } from '../__testUtils__/useActions';
import type { ActionsConfig } from '../config';
import { parseLocation, toRepoUrl } from '../forge';
import { createNameCheckAction } from './createNameCheckAction';
import { imageOf, placeService } from './placeService';

jest.setTimeout(60_000);

const { forge, run } = useActions();

describe('gitops:name:check', () => {
  const free = async () => ({ valid: true, checks: [] });
  const check = (input: object, checkName: GitopsApi['checkName'] = free) =>
    run(
      'gitops:name:check',
      { name: 'orders', owner: 'group:default/payments', ...input },
      { gitops: { checkName } },
    );

  it('says where a free name will live', async () => {
    const { output } = await check({});
    expect(output).toEqual({
      repoUrl: `${forge.host}?owner=payments&repo=orders`,
      forge: 'gitea',
      cloneUrl: `${forge.url}/payments/orders.git`,
      webUrl: `${forge.url}/payments/orders`,
      image: `${forge.host}/payments/orders`,
      team: 'payments',
      entityRef: 'component:default/orders',
      repositoryWasFree: true,
    });
  });

  it('warns of what could not be looked at', async () => {
    const { log } = await check({}, async () => ({
      valid: true,
      checks: [{ where: 'cluster', state: 'unknown', message: 'no answer' }],
    }));
    expect(log.join()).toMatch(/free in the cluster is not known: no answer/);
  });

  it('refuses a name that the forge has', async () => {
    forge.createRepository('payments/orders');
    await expect(check({})).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('There is a repository'),
    });
  });

  it.each([
    ['Orders', {}, /lower-case/],
    ['orders\n', {}, /lower-case/],
    ['../orders', {}, /lower-case/],
    ['{{ x }}', {}, /lower-case/],
    ['orders', { organisation: 'nobody' }, /has no organisation "nobody"/],
    ['orders', { organisation: '../admin' }, /cannot be the owner/],
    ['orders', { organisation: 'a&repo=b' }, /cannot be the owner/],
    ['orders', { host: 'evil.example.com' }, /no host of "integrations:"/],
    ['orders', { host: 'a?owner=b' }, /no host of "integrations:"/],
    ['orders', { host: 'github.com', forges: ['gitea'] }, /kind github/],
  ])('refuses %j in %j', async (name, where, rule) => {
    await expect(check({ name, ...where })).rejects.toThrow(rule);
    expect(forge.requests.some(line => !line.startsWith('GET '))).toBe(false);
  });

  it('refuses a forge that pull requests cannot be opened on', async () => {
    await expect(check({ host: 'nobody.example.com' })).rejects.toThrow(
      /username and password/,
    );
    await expect(check({ host: 'gerrit.example.com' })).rejects.toThrow(
      /configured as gerrit, which the gitops actions do not know/,
    );
  });
});

describe('where a service will live', () => {
  const integrations = ScmIntegrations.fromConfig(
    mockServices.rootConfig({
      data: {
        integrations: {
          gitlab: [
            {
              host: 'gitlab.example.com',
              apiBaseUrl: 'https://gitlab.example.com/api/v4',
            },
          ],
          bitbucketServer: [{ host: 'bitbucket.example.com' }],
        },
      },
    }),
  );
  const place = (wanted: object, config: object = {}) => {
    const location = placeService(
      { name: 'orders', team: 'team-a', ...wanted },
      config as ActionsConfig,
      integrations,
    );
    const image = imageOf(location, config as ActionsConfig);
    return [toRepoUrl(location), image];
  };

  it('is what the publish action of each forge takes', () => {
    expect(place({ host: 'github.com', organisation: 'Acme' })).toEqual([
      'github.com?owner=Acme&repo=orders',
      'ghcr.io/acme/orders',
    ]);
    expect(
      place({ host: 'gitlab.com', organisation: 'shop/payments' }),
    ).toEqual([
      'gitlab.com?owner=shop%2Fpayments&repo=orders',
      'registry.gitlab.com/shop/payments/orders',
    ]);
    expect(place({ host: 'gitlab.example.com' })).toEqual([
      'gitlab.example.com?owner=team-a&repo=orders',
      'gitlab.example.com/team-a/orders',
    ]);
    expect(place({ host: 'bitbucket.example.com' })).toEqual([
      'bitbucket.example.com?project=TEAM_A&repo=orders',
      undefined,
    ]);
    expect(
      place(
        {},
        {
          imageRegistry: 'registry.example.com',
          platformRepository: 'bitbucket.org?workspace=acme&repo=gitops',
        },
      ),
    ).toEqual([
      'bitbucket.org?workspace=acme&project=TEAM_A&repo=orders',
      'registry.example.com/acme/orders',
    ]);
    expect(
      place({ host: 'dev.azure.com', organisation: 'acme', project: 'A B' }),
    ).toEqual([
      'dev.azure.com?organization=acme&project=A%20B&repo=orders',
      undefined,
    ]);
  });

  it.each([
    [{ host: 'gitlab.com', organisation: 'a/../b' }, /cannot be the owner/],
    [{ host: 'github.com', organisation: 'a/b' }, /cannot be the owner/],
    [{ host: 'bitbucket.org', project: 'a/b' }, /cannot be the project/],
    [{}, /No forge was chosen/],
  ])('refuses %j', (wanted, rule) => {
    expect(() => place(wanted)).toThrow(rule);
  });
});

describe.each(Object.entries(REPLAYED_FORGES))('on %s', (_name, replayed) => {
  it('a free name is found in the forge, and a taken one refused', async () => {
    const { integrations, stop } = await startReplay(replayed, 'name');
    const action = createNameCheckAction({
      config: { imageRegistry: 'registry.example.com' } as ActionsConfig,
      catalog: catalogServiceMock.mock(),
      gitops: gitopsServiceMock({
        checkName: async () => ({ valid: true, checks: [] }),
      }),
      integrations,
    });
    const location = parseLocation(replayed.repoUrl, integrations);
    const check = async () => {
      const output: Record<string, unknown> = {};
      const context = createMockActionContext({
        input: {
          ...{ name: 'orders', owner: 'group:default/payments' },
          ...{ host: location.host, organisation: location.owner },
          project: location.project,
        },
      });
      Object.assign(context, {
        output: (name: string, value: unknown) => {
          output[name] = value;
        },
      });
      await action.handler(context as never);
      return output;
    };
    expect(await check()).toMatchObject({
      repoUrl: replayed.repoUrl,
      forge: replayed.kind,
      image: expect.stringMatching(/^registry\.example\.com\/.*\/orders$/),
      repositoryWasFree: true,
    });
    await expect(check()).rejects.toMatchObject({ name: 'ConflictError' });
    await stop();
  });
});
