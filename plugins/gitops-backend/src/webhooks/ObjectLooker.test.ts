import { NotFoundError } from '@backstage/errors';
import { mockServices } from '@backstage/backend-test-utils';
import {
  ConnectionError,
  type GitopsObserver,
  type KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { eventually } from '../__testUtils__/eventually';
import { ObjectLooker, type ObjectLookerOptions } from './ObjectLooker';

const observer: GitopsObserver = {
  id: 'fake',
  resources: [
    {
      group: 'fake.test',
      versions: ['v2', 'v1'],
      kind: 'Thing',
      plural: 'things',
    },
    { group: 'other.test', versions: ['v1'], kind: 'Other', plural: 'others' },
  ],
  observe: () => [],
};

function thing(name: string): KubernetesObject {
  return {
    apiVersion: 'fake.test/v1',
    kind: 'Thing',
    metadata: { namespace: 'apps', name },
  };
}

describe('ObjectLooker', () => {
  const seen: string[] = [];
  let get: jest.MockedFunction<ObjectLookerOptions['get']>;
  let looker: ObjectLooker;

  beforeEach(() => {
    seen.length = 0;
    get = jest.fn(async (_, { name, version }) => {
      if (version === 'v2') {
        throw new ConnectionError('not-installed', 'no v2 here');
      }
      if (name === 'gone') {
        throw new NotFoundError('no such thing');
      }
      if (name === 'hidden') {
        throw new ConnectionError('forbidden', 'not yours');
      }
      return thing(name);
    });
    looker = new ObjectLooker({
      observers: [observer],
      get,
      logger: mockServices.logger.mock(),
      sink: {
        async observe(watch, objects) {
          seen.push(
            ...objects.map(o => `${watch.cluster} saw ${o.metadata.name}`),
          );
          return [];
        },
        async remove(watch, object) {
          seen.push(`${watch.cluster} lost ${object}`);
        },
      },
    });
  });

  const target = (name: string, kind = 'Thing') => ({
    ...{ cluster: 'eu-1', kind, namespace: 'apps', name },
  });

  it('hands on what is there, takes away what is gone, and leaves the rest to the watch', async () => {
    expect(
      looker.look([target('a'), target('gone'), target('hidden'), target('b')]),
    ).toBe(4);
    await eventually(() =>
      expect([...seen].sort()).toEqual([
        'eu-1 lost apps/gone',
        'eu-1 saw a',
        'eu-1 saw b',
      ]),
    );
  });

  it('does not queue an object twice, nor look at kinds that nobody observes', async () => {
    const many = Array.from({ length: 50 }, () => target('a'));
    looker.look([...many, target('x', 'Stranger')]);
    await eventually(() => expect(seen).toEqual(['eu-1 saw a']));
    expect(get).toHaveBeenCalledTimes(2);
  });

  it('leaves to the watch what is too much', async () => {
    const flood = Array.from({ length: 5_000 }, (_, n) => target(`t${n}`));
    const accepted = looker.look(flood);
    expect(accepted).toBeLessThan(3_000);
    await eventually(() => expect(seen).toHaveLength(accepted));
    looker.stop();
  });
});
