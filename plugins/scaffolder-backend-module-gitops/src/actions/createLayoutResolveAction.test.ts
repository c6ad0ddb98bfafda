import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(60_000);

describe('gitops:layout:resolve', () => {
  const { forge, run } = useActions();

  const resolve = async (input: object) => {
    forge.createRepository('payments/configuration');
    forge.commit('payments/configuration');
    const { output } = await run('gitops:layout:resolve', {
      name: 'orders',
      team: 'payments',
      repoUrl: `${forge.host}?owner=payments&repo=orders`,
      cloneUrl: `${forge.url}/payments/orders.git`,
      webUrl: `${forge.url}/payments/orders`,
      ...input,
    });
    return output;
  };

  it('is the repository of the service, if nothing else is said', async () => {
    expect(await resolve({ code: false })).toEqual({
      repoUrl: `${forge.host}?owner=payments&repo=orders`,
      cloneUrl: `${forge.url}/payments/orders.git`,
      webUrl: `${forge.url}/payments/orders`,
      branch: 'main',
      folder: 'deploy',
      separate: false,
      ownRepository: true,
      configuration: '',
      catalogInfoPath: 'catalog-info.yaml',
      catalogInfoUrl: `${forge.url}/payments/orders/src/branch/main/catalog-info.yaml`,
    });
  });

  it('is the repository of the team, beside that of the code', async () => {
    expect(
      await resolve({
        layout: 'team-repository',
        configurationRepository: 'payments/configuration',
      }),
    ).toMatchObject({
      repoUrl: `${forge.host}?owner=payments&repo=configuration`,
      cloneUrl: `${forge.url}/payments/configuration.git`,
      folder: 'services/orders',
      separate: true,
      ownRepository: true,
      configuration: `${forge.url}/payments/configuration.git`,
      catalogInfoUrl: `${forge.url}/payments/orders/src/branch/main/catalog-info.yaml`,
    });
  });

  it('is the platform repository for all, where nobody names another', async () => {
    expect(
      await resolve({ layout: 'shared-repository', code: false }),
    ).toMatchObject({
      repoUrl: `${forge.host}?owner=platform&repo=gitops`,
      folder: 'teams/payments/orders',
      ownRepository: false,
      catalogInfoPath: 'teams/payments/orders/catalog-info.yaml',
      catalogInfoUrl: `${forge.url}/platform/gitops/src/branch/main/teams/payments/orders/catalog-info.yaml`,
    });
  });

  it.each([
    [{ layout: 'team-repository' }, /Name the configuration repository/],
    [
      { layout: 'team-repository', configurationRepository: 'payments/none' },
      /does not exist/,
    ],
    [
      { layout: 'team-repository', configurationRepository: 'payments/../x' },
      /names no repository/,
    ],
    [
      {
        layout: 'team-repository',
        configurationRepository: 'nobody.example.org?owner=a&repo=b',
      },
      /nobody.example.org/,
    ],
  ])('refuses %j', async (input, message) => {
    await expect(resolve(input)).rejects.toThrow(message);
  });
});
