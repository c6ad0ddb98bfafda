import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  ArgocdScript,
  eventually,
  SHORT_TIMES,
  TestBackend,
  TestCluster,
  untilStoreEquals,
  watchOf,
} from './harness';

const OBJECTS = 10_000;
const CHANGE_EVERY_MILLIS = 20;

describe('10,000 objects', () => {
  let cluster: TestCluster;
  let argocd: ArgocdScript;
  let backend: TestBackend;
  let directory: string;

  // What Argo CD does meanwhile.
  let changing: NodeJS.Timeout | undefined;
  let index = 0;
  const startChanges = () => {
    changing = setInterval(() => {
      index += 1;
      if (index % 10 === 0) {
        argocd.create(`late-${index}`);
      } else if (index % 10 === 5) {
        argocd.delete(`app-${index * 7}`);
      } else {
        // All over the list: what was listed already, and what was not.
        argocd.change(index * 37);
      }
    }, CHANGE_EVERY_MILLIS);
  };
  const stopChanges = () => clearInterval(changing);

  const start = () =>
    TestBackend.start({
      clusters: [cluster],
      database: { client: 'better-sqlite3', connection: { directory } },
      // Broken connections are noticed by their silence alone.
      plainProxy: true,
      gitops: { watch: { ...SHORT_TIMES, answer: '10s' } },
    });

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'fairway-watching-'));
    cluster = await TestCluster.start();
    argocd = new ArgocdScript(cluster);
    for (let count = 0; count < OBJECTS; count += 1) {
      argocd.create(`app-${count}`);
    }
  });

  after(async () => {
    stopChanges();
    await backend?.kill();
    await cluster?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('are listed in pages while they change', async () => {
    startChanges();
    backend = await start();
    await eventually(
      async () => {
        const { watch, cluster: status } = await watchOf(backend, 'local');
        assert.equal(watch?.state, 'connected');
        assert.ok(status!.applications > OBJECTS / 2);
      },
      { withinSeconds: 300 },
    );
    stopChanges();
    await untilStoreEquals(backend, [argocd], { withinSeconds: 120 });
  });

  it('are as they are after the backend was killed in the middle of changes', async () => {
    startChanges();
    const before = index;
    await eventually(() => assert.ok(index > before + 100));
    await backend.kill();
    backend = await start();
    await eventually(
      async () => {
        const { watch } = await watchOf(backend, 'local');
        assert.equal(watch?.state, 'connected');
      },
      { withinSeconds: 300 },
    );
    stopChanges();
    await untilStoreEquals(backend, [argocd], { withinSeconds: 120 });
  });

  it('are followed though the proxy swallows that connections broke', async () => {
    cluster.faults.dropWatches();
    argocd.deploy('app-1');
    argocd.delete('app-2');
    await untilStoreEquals(backend, [argocd], { withinSeconds: 120 });
  });
});
