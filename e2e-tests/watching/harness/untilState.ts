import assert from 'node:assert/strict';
import type { ClusterResourceStatus } from '@fairway/plugin-gitops-common';
import { eventually } from './eventually';
import { watchOf } from './expectStore';
import type { TestBackend } from './TestBackend';

/** Waits until the watch of a kind is said to be in a state; of the applications by default. */
export function untilState(
  backend: Pick<TestBackend, 'api'>,
  cluster: string,
  state: ClusterResourceStatus['state'],
  resource?: string,
) {
  return eventually(async () => {
    const { watch } = await watchOf(backend, cluster, resource);
    assert.equal(watch?.state, state);
    return watch!;
  });
}
