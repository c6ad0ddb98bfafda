import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientDoor, kubeConfigFor } from './contract/ClientDoor';
import { clusterContract } from './contract/clusterContract';
import { createCluster } from './createCluster';

clusterContract('Kubernetes API through the official client', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'playground-cluster-'));
  const running = createCluster({ port: 0, directory, token: 'secret' });
  await running.start();
  return {
    running,
    door: new ClientDoor(kubeConfigFor(running.url, 'secret')),
    async stop() {
      await running.stop();
      await rm(directory, { recursive: true });
    },
  };
});
