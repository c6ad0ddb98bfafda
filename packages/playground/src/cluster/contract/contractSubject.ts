import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { KubernetesObject } from '../../types';
import { RunningCluster } from '../createCluster';
import { Collection, Door, Refusal } from './Door';

/** A cluster to check, and the way into it. */
export interface ContractSubject {
  door: Door;
  running: RunningCluster;
  stop(): Promise<void>;
}

type Deployment = KubernetesObject;

/** The deployments of a new namespace. */
export function freshDeployments({ running }: ContractSubject): Collection {
  const namespace = `test-${randomUUID().slice(0, 8)}`;
  running.cluster.create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  return { group: 'apps', version: 'v1', plural: 'deployments', namespace };
}

export function deployment(
  name: string,
  labels: Record<string, string> = {},
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas: 1,
      template: {
        spec: {
          containers: [
            { name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] },
          ],
        },
      },
    },
  };
}

export async function refusal(answer: Promise<unknown>): Promise<Refusal> {
  const error = await answer.then(
    () => assert.fail('the request was not refused'),
    reason => reason,
  );
  assert.ok(error instanceof Refusal, `not a refusal: ${error}`);
  assert.equal(error.status.kind, 'Status');
  assert.equal(error.status.status, 'Failure');
  assert.equal(error.status.code, error.code);
  return error;
}

export const names = (objects: KubernetesObject[]) =>
  objects.map(object => object.metadata.name);

export function gitRepositories(namespace: string): Collection {
  return {
    group: 'source.toolkit.fluxcd.io',
    version: 'v1',
    plural: 'gitrepositories',
    namespace,
  };
}

export function gitRepository(): KubernetesObject {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'a' },
    spec: { interval: '1m', url: 'http://127.0.0.1/a.git' },
  };
}
