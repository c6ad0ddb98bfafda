import { mockCredentials } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { Entity } from '@backstage/catalog-model';
import type { CatalogServiceRequestOptions } from '@backstage/plugin-catalog-node';
import { eventually } from '../__testUtils__/eventually';
import { ifOwner } from '../routes/__testUtils__/startAnswersBackend';
import { entities } from '../routes/__testUtils__/world';
import { ALLOW } from '../routes/__testUtils__/useAnswersBackend';
import type { CatalogSnapshot } from '../catalog';
import { ServiceDirectory } from './ServiceDirectory';

const decisions = {
  get: async () => ({ read: ALLOW, operate: ALLOW, catalog: ALLOW }),
};

const pageOf = (items: Entity[]) => ({
  ...{ items, totalItems: items.length },
  pageInfo: {},
});

describe('ServiceDirectory', () => {
  const ada = mockCredentials.user('user:default/ada');
  const grace = mockCredentials.user('user:default/grace');
  const linus = mockCredentials.user('user:default/linus');

  it('knows owners, systems and domains of the components', async () => {
    const directory = new ServiceDirectory({
      catalog: catalogServiceMock({ entities }),
      decisions,
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

  it('asks once for all who may see the same, and each other caller as that caller', async () => {
    const catalog = catalogServiceMock.mock();
    catalog.queryEntities.mockImplementation(async (_, asked) =>
      pageOf(
        (asked as CatalogServiceRequestOptions).credentials === linus
          ? []
          : entities,
      ),
    );
    const directory = new ServiceDirectory({
      catalog,
      decisions: {
        get: async credentials => ({
          read: ALLOW,
          operate: ALLOW,
          catalog:
            credentials === linus ? ifOwner('user:default/linus') : ALLOW,
        }),
      },
    });
    const [first, second, third] = await Promise.all(
      [ada, grace, linus].map(caller => directory.getServices(caller)),
    );
    expect(catalog.queryEntities.mock.calls.map(([, asked]) => asked)).toEqual([
      { credentials: ada },
      { credentials: linus },
    ]);
    expect([first.size, third.size]).toEqual([4, 0]);
    expect(second).toBe(first);
  });

  it('answers by the last reading while it reads anew, for twenty seconds', async () => {
    let now = 0;
    const catalog = catalogServiceMock.mock();
    catalog.queryEntities.mockResolvedValueOnce(pageOf(entities));
    const directory = new ServiceDirectory({
      ...{ catalog, decisions },
      now: () => now,
    });
    const sizes = async () => (await directory.getServices(ada)).size;
    expect(await sizes()).toBe(4);
    now = 9_999;
    expect(await sizes()).toBe(4);
    expect(catalog.queryEntities).toHaveBeenCalledTimes(1);

    now = 10_000;
    let answer = (_: ReturnType<typeof pageOf>) => {};
    catalog.queryEntities.mockReturnValueOnce(
      new Promise(resolve => {
        answer = resolve;
      }),
    );
    expect([await sizes(), await sizes()]).toEqual([4, 4]);
    expect(catalog.queryEntities).toHaveBeenCalledTimes(2);
    answer(pageOf([]));
    await eventually(async () => expect(await sizes()).toBe(0));

    now = 30_000;
    catalog.queryEntities.mockRejectedValueOnce(new Error('down'));
    await expect(sizes()).rejects.toThrow('down');
  });

  it('answers who may see everything by what is read in the background, and nobody else', async () => {
    let now = 100_000;
    const seen: { last?: CatalogSnapshot } = {};
    const catalog = catalogServiceMock.mock();
    catalog.queryEntities.mockResolvedValue(pageOf([]));
    const directory = new ServiceDirectory({
      catalog,
      decisions: {
        get: async credentials => ({
          read: ALLOW,
          operate: ALLOW,
          catalog:
            credentials === linus ? ifOwner('user:default/linus') : ALLOW,
        }),
      },
      everything: () => seen.last,
      now: () => now,
    });
    const sizes = () =>
      Promise.all(
        [ada, linus].map(
          async caller => (await directory.getServices(caller)).size,
        ),
      );
    // Nothing was read yet, so each is asked for.
    expect(await sizes()).toEqual([0, 0]);
    expect(catalog.queryEntities).toHaveBeenCalledTimes(2);

    now += 5_000;
    seen.last = { readAt: now, entities };
    expect(await sizes()).toEqual([4, 0]);
    now += 19_999;
    expect((await directory.getServices(ada)).size).toBe(4);
    expect(catalog.queryEntities).toHaveBeenCalledTimes(2);

    // Whoever reads in the background cannot any more: then somebody has to wait.
    now += 1;
    expect((await directory.getServices(ada)).size).toBe(0);
    expect(catalog.queryEntities).toHaveBeenCalledTimes(3);
  });

  it('asks early for what was registered a moment ago, though not always', async () => {
    let now = 0;
    const catalog = catalogServiceMock.mock();
    catalog.queryEntities.mockResolvedValueOnce(pageOf([]));
    catalog.queryEntities.mockResolvedValue(pageOf(entities));
    const directory = new ServiceDirectory({
      ...{ catalog, decisions },
      now: () => now,
    });
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
    expect(catalog.queryEntities).toHaveBeenCalledTimes(2);
  });

  it('does not keep a failure', async () => {
    const catalog = catalogServiceMock.mock();
    catalog.queryEntities
      .mockRejectedValueOnce(new Error('down'))
      .mockResolvedValueOnce(pageOf(entities));
    const directory = new ServiceDirectory({ catalog, decisions });
    await expect(directory.getServices(ada)).rejects.toThrow('down');
    expect((await directory.getServices(ada)).size).toBe(4);
  });
});
