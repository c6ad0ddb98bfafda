import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { afterEach, describe, it } from 'node:test';
import { account, ArgocdWorld, EVERYTHING } from './argocd/ArgocdWorld';
import { Follower } from './argocd/Follower';
import { testConnection } from './argocd/testConnection';
import { eventually } from './harness/eventually';

const cleanups: Array<() => Promise<void>> = [];
const messages: unknown[] = [];

async function start(
  ...accounts: Parameters<typeof ArgocdWorld.start>
): Promise<ArgocdWorld> {
  const world = await ArgocdWorld.start(...accounts);
  cleanups.push(() => world.stop());
  return world;
}

function follow(...options: ConstructorParameters<typeof Follower>): Follower {
  const follower = new Follower(...options);
  cleanups.push(async () => {
    messages.push(...follower.messages);
    await follower.stop();
  });
  return follower;
}

/** What the follower knows is what the cluster has. */
async function untilInStep(follower: Follower, world: ArgocdWorld) {
  const kind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' };
  await eventually(
    () => {
      const wanted = world.cluster
        .list(kind)
        .map(({ metadata }) => [
          `${metadata.namespace}/${metadata.name}`,
          metadata.resourceVersion,
        ]);
      const known = [...follower.objects].map(([key, { metadata }]) => [
        key,
        metadata.resourceVersion,
      ]);
      assert.deepEqual(known.sort(), wanted.sort());
    },
    { withinSeconds: 10 },
  );
}

const connected = (follower: Follower) =>
  eventually(() => assert.equal(follower.state, 'connected'), {
    withinSeconds: 10,
  });

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
  // Whatever was said, it was said without a token.
  assert.doesNotMatch(
    inspect(messages.splice(0), { depth: 20 }),
    /nobody-may-see/,
  );
});

describe('listing and watching through the API of Argo CD', () => {
  it('stays in step with what changes', async () => {
    const world = await start();
    world.namespace('team-a');
    world.application('orders', { project: 'payments' });
    world.application('orders', { namespace: 'team-a', project: 'payments' });
    world.application('web');
    const follower = follow(testConnection(world));
    await untilInStep(follower, world);

    const object = follower.objects.get('argocd/orders')!;
    assert.equal(object.kind, 'Application');
    assert.equal(object.apiVersion, 'argoproj.io/v1alpha1');
    assert.deepEqual(object.status, world.get('orders').status);

    world.change('orders', { status: { health: { status: 'Degraded' } } });
    world.change('orders', { metadata: { labels: { a: 'b' } } }, 'team-a');
    world.remove('web');
    world.application('late');
    await untilInStep(follower, world);
    // One list, or two when the stream was not proven before the first one.
    assert.ok(follower.lists <= 2, `${follower.lists} lists`);
  });

  it('lists many applications by project and page, and misses nothing that happens meanwhile', async () => {
    const world = await start();
    for (let index = 0; index < 60; index += 1) {
      const project = index < 45 ? 'large' : `small-${index % 3}`;
      world.application(`app-${index}`, { project, bytes: 20_000 });
    }
    let requests = 0;
    world.api.faults.beforeList = projects => {
      // Between the index and the last group, and between groups.
      requests += projects.length > 0 ? 1 : 0;
      if (requests === 1 && projects.length > 0) {
        world.change('app-3', { metadata: { labels: { changed: 'first' } } });
        world.change('app-50', { metadata: { labels: { changed: 'soon' } } });
        world.remove('app-4');
      }
      if (requests === 2) {
        world.change('app-2', { metadata: { labels: { changed: 'late' } } });
        world.remove('app-5');
        world.application('new', { project: 'unheard-of' });
      }
    };
    const follower = follow(testConnection(world), { limit: 10 });
    await untilInStep(follower, world);
    assert.ok(requests >= 2);
    assert.ok(follower.pages.length >= 6);
    assert.ok(follower.pages.every(size => size <= 10));
    const lists = world.api.requests.filter(
      ({ url }) =>
        url.startsWith('/api/v1/applications?') ||
        url.endsWith('/applications'),
    );
    assert.ok(lists.length > 0);
    for (const { url } of lists) {
      assert.match(url, /[?&](fields|projects)=/);
    }
  });

  it('keeps no more events than it has room for, and loses none', async () => {
    const world = await start();
    for (let index = 0; index < 20; index += 1) {
      world.application(`app-${index}`, { bytes: 5_000 });
    }
    const follower = follow(
      testConnection(world, { bufferCharacters: 12_000 }),
    );
    await untilInStep(follower, world);
    for (let round = 0; round < 5; round += 1) {
      for (let index = 0; index < 20; index += 1) {
        world.change(`app-${index}`, {
          metadata: { labels: { r: `${round}` } },
        });
      }
    }
    world.remove('app-7');
    await untilInStep(follower, world);
    const again = world.api.requests.filter(({ url }) =>
      url.startsWith('/api/v1/applications/app-'),
    );
    assert.ok(again.length > 0, 'what found no room is asked for');
    assert.match(again[0].url, /project=default/);
  });

  it('lists again after a stream broke, ended or fell silent', async () => {
    const world = await start();
    world.application('kept');
    world.application('gone');
    const follower = follow(testConnection(world));
    await untilInStep(follower, world);
    const { faults } = world.api;

    faults.dropStreams();
    world.remove('gone');
    world.change('kept', { metadata: { labels: { a: '1' } } });
    await untilInStep(follower, world);

    await eventually(() => assert.ok(faults.openStreams > 0));
    faults.failStreams('upstream is going away');
    world.change('kept', { metadata: { labels: { a: '2' } } });
    await untilInStep(follower, world);

    await eventually(() => assert.ok(faults.openStreams > 0));
    const before = follower.lists;
    faults.silentStreams = true;
    world.change('kept', { metadata: { labels: { a: '3' } } });
    // Nothing arrives any more, and that is noticed by the missing signs of life.
    await eventually(() => assert.ok(follower.lists > before), {
      withinSeconds: 10,
    });
    await untilInStep(follower, world);
    faults.silentStreams = false;
    world.application('after');
    await untilInStep(follower, world);
    assert.equal(follower.message, undefined);
  });

  it('lists again when the stream may have been opened after the list', async () => {
    const world = await start(undefined, { keepAliveMs: 2_000 });
    world.application('one');
    const times = { proof: 1, silence: 20_000 };
    const follower = follow(testConnection(world, { times }));
    await eventually(() => assert.equal(follower.lists, 2));
    // From then on the stream is known to be open.
    world.application('two');
    await untilInStep(follower, world);
    assert.equal(follower.lists, 2);
  });

  it('takes half a list for none', async () => {
    const world = await start();
    world.application('one');
    world.application('two');
    const follower = follow(testConnection(world));
    await untilInStep(follower, world);
    world.api.faults.cutLists = true;
    world.api.faults.dropStreams();
    await eventually(() => assert.equal(follower.state, 'unreachable'));
    assert.match(follower.message!, /'production' broke off in the middle/);
    assert.deepEqual(follower.names, ['argocd/one', 'argocd/two']);
    world.api.faults.cutLists = false;
    await connected(follower);
  });

  it('closes its stream when nobody reads it any more', async () => {
    const world = await start();
    world.application('one');
    const follower = follow(testConnection(world));
    await untilInStep(follower, world);
    await eventually(() => assert.equal(world.api.faults.openStreams, 1));
    await follower.stop();
    await eventually(() => assert.equal(world.api.faults.openStreams, 0));
  });
});

describe('what the token may see', () => {
  for (const anonymous of [false, true]) {
    it(`says that a token was revoked, and removes nothing${
      anonymous ? ', also where visitors are let in' : ''
    }`, async () => {
      const world = await start();
      world.api.accounts.anonymous = anonymous;
      world.application('orders');
      const follower = follow(testConnection(world));
      await untilInStep(follower, world);

      world.api.accounts.revoke('token-of-fairway-that-nobody-may-see');
      await eventually(() => assert.equal(follower.state, 'forbidden'));
      assert.match(follower.message!, /Argo CD 'production'/);
      assert.match(follower.message!, /revoked or has expired/);
      assert.match(follower.message!, /generate-token/);
      // The stream was open all the time, and is closed with the rest.
      assert.deepEqual(follower.names, ['argocd/orders']);
    });
  }

  it('keeps the applications of a project that is hidden from now on, and says so', async () => {
    const world = await start();
    for (const name of ['a', 'b', 'c']) {
      world.application(`pay-${name}`, { project: 'payments' });
      world.application(`web-${name}`, { project: 'web' });
    }
    const follower = follow(testConnection(world));
    await untilInStep(follower, world);

    world.api.accounts.setPolicies('fairway', [
      ...EVERYTHING,
      'applications, get, payments/*, deny',
    ]);
    await eventually(() => assert.match(follower.message ?? '', /payments/));
    assert.equal(follower.state, 'connected');
    assert.match(follower.message!, /applications of payments/);
    assert.match(follower.message!, /argocd-rbac-cm/);
    assert.equal(follower.names.length, 6);

    // Of the others everything goes on, and what was deleted there is gone.
    world.remove('web-a');
    world.remove('pay-a');
    world.change('web-b', { metadata: { labels: { a: 'b' } } });
    await eventually(() => {
      assert.equal(
        follower.objects.get('argocd/web-b')?.metadata.labels?.a,
        'b',
      );
      assert.deepEqual(follower.names, [
        'argocd/pay-a',
        'argocd/pay-b',
        'argocd/pay-c',
        'argocd/web-b',
        'argocd/web-c',
      ]);
    });
    // Also when the stream was broken, and the deletion is only found by the next list.
    world.api.faults.dropStreams();
    world.remove('web-c');
    await eventually(() => assert.ok(!follower.names.includes('argocd/web-c')));
    assert.ok(follower.names.includes('argocd/pay-a'));

    world.api.accounts.setPolicies('fairway', EVERYTHING);
    await untilInStep(follower, world);
    assert.equal(follower.message, undefined);
  });

  it('takes nothing for deleted when a right is taken while everything is listed', async () => {
    const world = await start();
    for (const name of ['a', 'b', 'c']) {
      world.application(`pay-${name}`, { project: 'payments' });
      world.application(`web-${name}`, { project: 'web' });
    }
    const follower = follow(testConnection(world), { limit: 3 });
    await untilInStep(follower, world);
    const { lists } = follower;
    let taken = false;
    world.api.faults.beforeList = projects => {
      // The names were told, and the applications are asked for.
      if (!taken && projects.length > 0) {
        taken = true;
        world.api.accounts.setPolicies('fairway', [
          ...EVERYTHING,
          'applications, get, payments/*, deny',
        ]);
      }
    };
    world.api.faults.dropStreams();
    await eventually(() => assert.match(follower.message ?? '', /payments/));
    assert.ok(taken && follower.lists > lists);
    assert.equal(follower.names.length, 6);

    world.api.faults.beforeList = undefined;
    world.api.accounts.setPolicies('fairway', EVERYTHING);
    await untilInStep(follower, world);
  });

  it('takes nothing for deleted that was hidden only while names were told', async () => {
    const world = await start();
    for (const name of ['a', 'b', 'c']) {
      world.application(`pay-${name}`, { project: 'payments' });
      world.application(`web-${name}`, { project: 'web' });
      world.application(`shop-${name}`, { project: 'shop' });
    }
    const follower = follow(testConnection(world), { limit: 3 });
    await untilInStep(follower, world);
    const { lists } = follower;
    let hid = false;
    world.api.faults.beforeList = projects => {
      if (!hid && projects.length === 0) {
        hid = true;
        world.api.accounts.setPolicies('fairway', [
          ...EVERYTHING,
          'applications, get, payments/*, deny',
        ]);
        setImmediate(() =>
          world.api.accounts.setPolicies('fairway', EVERYTHING),
        );
      }
    };
    world.api.faults.dropStreams();
    await eventually(() => assert.ok(hid && follower.lists > lists));
    assert.equal(follower.names.length, 9);
  });

  it('is asked project by project: twice for a list, and all of them within a few checks', async () => {
    const world = await start();
    const names = Array.from(
      { length: 120 },
      (_, index) => `p-${1000 + index}`,
    );
    for (const project of names) {
      world.application(`app-of-${project}`, { project });
    }
    const asked = (from: number) =>
      world.api.requests
        .slice(from)
        .filter(({ url }) => url.includes('/can-i/applications/')).length;
    const connection = testConnection(world);
    const [resource] = connection.resources;
    const page = await connection.listPage(resource, { limit: 500 });
    assert.equal(page.items.length, names.length);
    assert.equal(asked(0), 2 * (names.length + 1));

    const follower = follow(connection);
    await untilInStep(follower, world);
    const last = names.at(-1)!;
    const [marker] = world.api.requests.slice(-1);
    world.api.accounts.setPolicies('fairway', [
      ...EVERYTHING,
      `applications, get, ${last}/*, deny`,
    ]);
    // May everything, and may not see that project: the one says nothing of the other.
    await eventually(() => assert.match(follower.message ?? '', /p-1119/), {
      withinSeconds: 20,
    });
    const since = world.api.requests.slice(
      world.api.requests.indexOf(marker) + 1,
    );
    const noticed = since.findIndex(({ url }) => url.includes('?fields='));
    const checks = since
      .slice(0, noticed)
      .filter(({ url }) => url.endsWith('/session/userinfo')).length;
    // One that began before, three that ask all projects, and the list that follows.
    assert.ok(checks <= 5, `${checks} checks`);
    assert.equal(follower.names.length, names.length);
  });

  it('is content with the projects that the configuration names', async () => {
    const world = await start([
      account('fairway', ['applications, get, web/*, allow']),
    ]);
    world.application('web-a', { project: 'web' });
    world.application('pay-a', { project: 'payments' });
    const limited = follow(
      testConnection(world, { instance: { projects: ['web'] } }),
    );
    const unlimited = follow(testConnection(world));
    const wrong = follow(
      testConnection(world, { instance: { projects: ['payments'] } }),
    );
    await connected(limited);
    assert.deepEqual(limited.names, ['argocd/web-a']);
    assert.equal(limited.message, undefined);

    await connected(unlimited);
    assert.deepEqual(unlimited.names, ['argocd/web-a']);
    assert.match(unlimited.message!, /may not see all applications/);

    await eventually(() => assert.equal(wrong.state, 'forbidden'));
    assert.match(wrong.message!, /applications of payments/);
  });

  it('does not take an account without rights for an installation without applications', async () => {
    const world = await start([account('fairway', [])]);
    world.application('orders');
    const follower = follow(testConnection(world));
    await eventually(() => assert.equal(follower.state, 'forbidden'));
    assert.match(
      follower.message!,
      /p, <role>, applications, get, \*\/\*, allow/,
    );
  });
});

describe('an API that is none', () => {
  const cases: Array<[string, (world: ArgocdWorld) => void, RegExp]> = [
    [
      'a sign-in page',
      ({ api }) => (api.faults.signInPage = true),
      /answered with a page.*'apiUrl'.*sign-in page/,
    ],
    [
      'a redirect',
      ({ api }) => (api.faults.redirectTo = 'https://sso.example.com/?s=1'),
      /leads elsewhere \(HTTP 302\).*https/,
    ],
    [
      'silence',
      ({ api }) => (api.faults.silent = true),
      /did not answer: nothing within 2 seconds/,
    ],
  ];
  for (const [what, fault, expected] of cases) {
    it(`says what is wrong when it meets ${what}, and recovers`, async () => {
      const world = await start();
      world.application('orders');
      const follower = follow(testConnection(world));
      await untilInStep(follower, world);
      fault(world);
      world.api.faults.dropStreams();
      await eventually(() => assert.equal(follower.state, 'unreachable'), {
        withinSeconds: 10,
      });
      assert.match(follower.message!, expected);
      assert.match(follower.message!, /'production'/);
      assert.deepEqual(follower.names, ['argocd/orders']);
      Object.assign(world.api.faults, {
        ...{ signInPage: false, redirectTo: undefined, silent: false },
      });
      world.application('later');
      await untilInStep(follower, world);
    });
  }

  it('says that there is no API at a path, and that a host cannot be reached', async () => {
    const world = await start();
    const closed = await ArgocdWorld.start();
    await closed.stop();
    const wrongPath = follow(
      testConnection(world, {
        instance: { apiUrl: `${world.api.url}/api/v1/elsewhere` },
      }),
    );
    const noHost = follow(
      testConnection(world, { instance: { apiUrl: closed.api.url } }),
    );
    await eventually(() => {
      assert.equal(wrongPath.state, 'unreachable');
      assert.equal(noHost.state, 'unreachable');
    });
    assert.match(wrongPath.message!, /no Argo CD API at the URL.*'apiUrl'/);
    assert.match(noHost.message!, /did not answer: .*ECONNREFUSED/);
  });
});

describe('several instances', () => {
  it('are kept apart, each with its own token', async () => {
    const [eu, us] = [
      await start([account('eu')]),
      await start([account('us')]),
    ];
    eu.application('orders');
    us.application('orders');
    us.application('only-here');
    const connections = [eu, us].map((world, index) =>
      testConnection(world, {
        instance: {
          name: ['eu', 'us'][index],
          token: account(['eu', 'us'][index]).token,
        },
      }),
    );
    const [one, two] = connections.map(connection => follow(connection));
    await untilInStep(one, eu);
    await untilInStep(two, us);
    eu.remove('orders');
    await untilInStep(one, eu);
    assert.deepEqual(two.names, ['argocd/only-here', 'argocd/orders']);
    eu.api.accounts.revoke(account('eu').token);
    await eventually(() => assert.equal(one.state, 'forbidden'));
    us.change('orders', { metadata: { labels: { a: 'b' } } });
    await untilInStep(two, us);
    for (const [index, { api }] of [eu, us].entries()) {
      const { token } = account(['eu', 'us'][index]);
      const carried = new Set(
        api.requests.map(({ authorization }) => authorization),
      );
      assert.deepEqual([...carried], [`Bearer ${token}`]);
    }
  });
});

describe('projects and application sets', () => {
  it('are followed without a stream', async () => {
    const world = await start();
    const object = (kind: string, name: string, spec: object) => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind,
      metadata: { name, namespace: 'argocd' },
      spec,
    });
    const set = (name: string, project: string) =>
      object('ApplicationSet', name, {
        generators: [],
        template: { spec: { project } },
      });
    world.cluster.create(object('AppProject', 'payments', {}));
    world.cluster.create(object('AppProject', 'web', {}));
    world.cluster.create(set('previews', 'web'));
    const connection = testConnection(world);
    const projects = follow(connection, { plural: 'appprojects' });
    const sets = follow(connection, { plural: 'applicationsets' });
    await connected(projects);
    await connected(sets);
    assert.deepEqual(projects.names, ['argocd/payments', 'argocd/web']);
    assert.deepEqual(sets.names, ['argocd/previews']);
    assert.equal(projects.objects.get('argocd/web')?.kind, 'AppProject');

    const window = { kind: 'deny', schedule: '* * * * *', duration: '1h' };
    world.cluster.patch(
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AppProject',
        namespace: 'argocd',
        name: 'web',
      },
      { spec: { syncWindows: [window] } },
    );
    world.cluster.create(set('more', 'payments'));
    world.cluster.delete({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      namespace: 'argocd',
      name: 'previews',
    });
    await eventually(() => {
      assert.deepEqual(sets.names, ['argocd/more']);
      const { spec } = projects.objects.get('argocd/web')!;
      assert.deepEqual((spec as any).syncWindows, [window]);
    });
    assert.deepEqual(sets.events.sort(), [
      'ADDED argocd/more',
      'DELETED argocd/previews',
    ]);

    // Hidden is not deleted.
    world.api.accounts.setPolicies('fairway', [
      ...EVERYTHING,
      'projects, get, web, deny',
      'applicationsets, get, payments/*, deny',
    ]);
    world.cluster.create(object('AppProject', 'third', {}));
    await eventually(() =>
      assert.deepEqual(projects.names, [
        'argocd/payments',
        'argocd/third',
        'argocd/web',
      ]),
    );
    assert.deepEqual(sets.names, ['argocd/more']);
  });
});
