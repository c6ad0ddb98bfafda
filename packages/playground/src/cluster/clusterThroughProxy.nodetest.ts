import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterContract } from './contract/clusterContract';
import { ProxyDoor } from './contract/ProxyDoor';
import { CLUSTER_NAME, startBackstage } from './contract/startBackstage';
import { createCluster } from './createCluster';

clusterContract('Kubernetes API through the proxy of Backstage', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'playground-cluster-'));
  const running = createCluster({ port: 0, directory, token: 'secret' });
  await running.start();
  const backstage = await startBackstage({
    url: running.url,
    token: 'secret',
  });
  return {
    running,
    door: new ProxyDoor({ ...backstage, cluster: CLUSTER_NAME }),
    async stop() {
      await running.stop();
      await backstage.stop();
      await rm(directory, { recursive: true });
    },
  };
});
