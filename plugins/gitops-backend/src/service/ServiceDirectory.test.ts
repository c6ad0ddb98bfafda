import { mockCredentials } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { entities } from '../routes/__testUtils__/world';
import { ServiceDirectory } from './ServiceDirectory';

describe('ServiceDirectory', () => {
  const ada = mockCredentials.user('user:default/ada');
  const grace = mockCredentials.user('user:default/grace');

  it('knows owners, systems and domains of the components', async () => {
    const directory = new ServiceDirectory({
      catalog: catalogServiceMock({ entities }),
    });
    const services = await directory.getServices(ada);
    expect([...services.keys()]).toHaveLength(4);
    expect(services.get('component:default/orders')).toEqual({
      entityRef: 'component:default/orders',
      name: 'orders',
      title: 'The orders',
      owners: ['user:default/ada'],
      owner: 'user:default/ada',
      system: 'system:default/shop',
      domain: 'domain:default/retail',
      type: 'service',
    });
  });

  it('asks once for each caller in ten seconds, as that caller', async () => {
    let now = 0;
    const catalog = catalogServiceMock.mock();
    catalog.getEntities.mockResolvedValue({ items: entities });
    const directory = new ServiceDirectory({ catalog, now: () => now });
    await Promise.all([
      directory.getServices(ada),
      directory.getServices(ada),
      directory.getServices(grace),
    ]);
    expect(catalog.getEntities.mock.calls.map(([, asked]) => asked)).toEqual([
      { credentials: ada },
      { credentials: grace },
    ]);
    now = 10_000;
    await directory.getServices(ada);
    expect(catalog.getEntities).toHaveBeenCalledTimes(3);
  });

  it('asks early for what was registered a moment ago, though not always', async () => {
    let now = 0;
    const catalog = catalogServiceMock.mock();
    catalog.getEntities.mockResolvedValueOnce({ items: [] });
    catalog.getEntities.mockResolvedValue({ items: entities });
    const directory = new ServiceDirectory({ catalog, now: () => now });
    const find = async (ref: string) =>
      (await directory.getServices(ada, { including: [ref] })).has(ref);
    expect(await find('component:default/orders')).toBe(false);
    now = 1_000;
    expect(await find('component:default/orders')).toBe(false);
    now = 2_000;
    expect(
      await Promise.all([
        find('component:default/orders'),
        find('component:default/orders'),
      ]),
    ).toEqual([true, true]);
    expect(await find('component:default/hidden')).toBe(false);
    expect(catalog.getEntities).toHaveBeenCalledTimes(2);
  });

  it('does not keep a failure', async () => {
    const catalog = catalogServiceMock.mock();
    catalog.getEntities
      .mockRejectedValueOnce(new Error('down'))
      .mockResolvedValueOnce({ items: entities });
    const directory = new ServiceDirectory({ catalog });
    await expect(directory.getServices(ada)).rejects.toThrow('down');
    expect((await directory.getServices(ada)).size).toBe(4);
  });
});
