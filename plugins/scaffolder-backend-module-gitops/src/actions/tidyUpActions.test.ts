import {
  ANNOTATION_ORIGIN_LOCATION,
  type Entity,
} from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(60_000);

const { forge, run } = useActions();

const entityRef = 'component:default/orders';
const ORIGIN = 'url:https://git.example.com/orders/catalog-info.yaml';

const entity = (kind: string, name: string): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: {
    name,
    namespace: 'default',
    annotations: { [ANNOTATION_ORIGIN_LOCATION]: ORIGIN },
  },
});

describe('gitops:catalog:unregister', () => {
  const unregister = async (
    entities: Entity[],
    options: { isRegistered?: boolean; isDryRun?: boolean } = {},
  ) => {
    const { isRegistered = true, isDryRun } = options;
    const known = catalogServiceMock({ entities });
    const catalog = catalogServiceMock.mock({
      getEntityByRef: known.getEntityByRef.bind(known),
      getEntities: known.getEntities.bind(known),
    });
    if (isRegistered) {
      const location = { id: 'l-1', type: 'url', target: 'x' };
      catalog.getLocationByRef.mockResolvedValue(location as never);
    }
    const { output } = await run(
      'gitops:catalog:unregister',
      { entityRef },
      { catalog, isDryRun },
    );
    return { output, removed: catalog.removeLocationById.mock.calls };
  };
  const orders = entity('Component', 'orders');

  it('removes the location of the entity, which is an entity itself', async () => {
    const all = [orders, entity('Location', 'generated')];
    const { output, removed } = await unregister(all);
    expect(output.unregistered).toBe(true);
    expect(removed).toEqual([['l-1', expect.anything()]]);
  });

  it.each([
    ['that is not there', [], {}, { unregistered: true }],
    [
      'whose file describes others, too',
      [orders, entity('API', 'orders')],
      {},
      { unregistered: false, reason: /describes api:default\/orders, too/ },
    ],
    [
      'that the catalog finds by itself',
      [orders],
      { isRegistered: false },
      { unregistered: false, reason: /was not registered by hand/ },
    ],
    ['in a dry run', [orders], { isDryRun: true }, { unregistered: false }],
  ])(
    'removes nothing for one %s',
    async (_what, entities, options, expected) => {
      const { output, removed } = await unregister(
        entities as Entity[],
        options,
      );
      const { unregistered, reason } = expected as {
        unregistered: boolean;
        reason?: RegExp;
      };
      expect(output.unregistered).toBe(unregistered);
      expect(String(output.reason)).toMatch(reason ?? /undefined/);
      expect(removed).toEqual([]);
    },
  );
});

describe('gitops:repository:archive', () => {
  const archive = (
    input: object = {},
    options: { items?: object[]; isDryRun?: boolean } = {},
  ) =>
    run(
      'gitops:repository:archive',
      {
        repoUrl: `${forge.host}?owner=payments&repo=orders`,
        ...{ entityRef, ...input },
      },
      {
        isDryRun: options.isDryRun,
        gitops: {
          // The second page has what matters.
          getApplications: async query =>
            (query?.cursor
              ? { items: options.items ?? [] }
              : { items: [], nextCursor: 'next' }) as never,
        },
      },
    );
  const application = (ref: string, repository: string) => ({
    entityRef: ref,
    ref: { kind: 'Application', name: 'a' },
    source: { repoUrl: `${forge.url}/${repository}.git` },
  });
  beforeEach(() => forge.createRepository('payments/orders'));

  it('makes the repository read-only, once and again', async () => {
    const items = [
      application(entityRef, 'payments/orders'),
      application('component:default/other', 'payments/other'),
    ];
    for (const _ of [1, 2]) {
      const { output } = await archive({}, { items });
      expect(output).toMatchObject({
        archived: true,
        webUrl: `${forge.url}/payments/orders`,
      });
    }
    expect([...forge.archived]).toEqual(['payments/orders']);
  });

  it('leaves what others are deployed from, the platform, and everything in a dry run', async () => {
    const items = [application('component:default/other', 'payments/orders')];
    const shared = await archive({}, { items });
    expect(shared.output.reason).toMatch(/Application a is deployed from it/);
    const platform = await archive({
      repoUrl: `${forge.host}?repo=gitops&owner=platform`,
    });
    expect(platform.output.reason).toMatch(/is gitops.platformRepository/);
    const { output } = await archive({}, { isDryRun: true });
    expect(output.archived).toBe(false);
    expect([...forge.archived]).toEqual([]);
  });
});
