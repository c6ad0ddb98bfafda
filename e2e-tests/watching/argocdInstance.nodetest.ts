import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  createArgocdApi,
  type RunningArgocdApi,
} from 'playground/src/argocd-api';
import { account, EVERYTHING } from './argocd/ArgocdWorld';
import {
  allApplications,
  ArgocdScript,
  eventually,
  TestBackend,
  TestCluster,
  untilStoreEquals,
  watchOf,
} from './harness';

/** Until an idle connection asks again whether its token is good, and a little. */
const SECONDS_TO_NOTICE = 30;
const NAME = 'production';

describe('a backend that reaches Argo CD through its API alone', () => {
  let cluster: TestCluster;
  let script: ArgocdScript;
  let api: RunningArgocdApi;
  let backend: TestBackend;

  before(async () => {
    // Its name is the instance's, because that is where the applications come from.
    cluster = await TestCluster.start({ name: NAME });
    script = new ArgocdScript(cluster);
    for (let index = 0; index < 30; index += 1) {
      script.create(`app-${index}`);
    }
    api = createArgocdApi({
      cluster: cluster.objects,
      port: 0,
      accounts: [account('fairway')],
    });
    await api.start();
    backend = await TestBackend.start({
      clusters: [],
      gitops: {
        argocd: {
          instances: [
            {
              name: NAME,
              url: 'https://argocd.example.com',
              apiUrl: api.url,
              token: account('fairway').token,
            },
          ],
        },
      },
    });
  });
  after(async () => {
    await backend?.kill();
    await api?.stop();
    await cluster?.stop();
    // Nobody printed the token.
    assert.doesNotMatch(backend?.output ?? '', /nobody-may-see/);
  });

  it('stores what Argo CD has, and follows it', async () => {
    await untilStoreEquals(backend, [script]);
    for (let index = 0; index < 100; index += 1) {
      script.change(index);
    }
    script.delete('app-3');
    script.create('new');
    await untilStoreEquals(backend, [script], { withinSeconds: 10 });
    const { cluster: status, watch } = await watchOf(backend, NAME);
    assert.equal(status?.connection, 'argocd');
    assert.equal(status?.title, 'Argo CD production');
    assert.equal(watch?.state, 'connected');
    assert.equal(watch?.message, undefined);
    const [{ engineUrl }] = await allApplications(backend);
    assert.match(
      engineUrl ?? '',
      /^https:\/\/argocd\.example\.com\/applications\/argocd\//,
    );
  });

  it('loses nothing when streams break', async () => {
    api.faults.dropStreams();
    script.deploy('app-1');
    script.delete('app-2');
    await untilStoreEquals(backend, [script], { withinSeconds: 20 });
  });

  it('carries commands out through the API', async () => {
    const application = (await allApplications(backend)).find(
      ({ ref }) => ref.name === 'app-5',
    )!;
    const { run } = await backend.api.runCommand(application.id, 'sync', {
      prune: true,
    });
    assert.equal(run.state, 'requested');
    const written = cluster.objects.get({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      namespace: 'argocd',
      name: 'app-5',
    });
    assert.equal(written?.operation.sync.prune, true);
    assert.equal(written?.operation.initiatedBy.username, 'fairway');
  });

  it('keeps the applications that the token may not see any more, and says so', async () => {
    const before = (await allApplications(backend)).length;
    api.accounts.setPolicies('fairway', [
      ...EVERYTHING,
      'applications, get, default/*, deny',
    ]);
    await eventually(
      async () => {
        const { watch } = await watchOf(backend, NAME);
        assert.equal(watch?.state, 'forbidden');
        assert.match(watch?.message ?? '', /applications of default/);
      },
      { withinSeconds: SECONDS_TO_NOTICE },
    );
    const stale = await allApplications(backend);
    assert.equal(stale.length, before);
    assert.ok(stale.every(({ staleSince }) => staleSince));

    api.accounts.setPolicies('fairway', EVERYTHING);
    script.deploy('app-1');
    await untilStoreEquals(backend, [script], {
      withinSeconds: SECONDS_TO_NOTICE,
    });
  });

  it('says that the token was revoked', async () => {
    api.accounts.revoke(account('fairway').token);
    await eventually(
      async () => {
        const { watch } = await watchOf(backend, NAME);
        assert.equal(watch?.state, 'forbidden');
        assert.match(watch?.message ?? '', /revoked or has expired/);
        assert.doesNotMatch(watch?.message ?? '', /nobody-may-see/);
      },
      { withinSeconds: SECONDS_TO_NOTICE },
    );
    assert.ok((await allApplications(backend)).length > 0);
  });
});
