import assert from 'node:assert/strict';
import type { ClusterResourceStatus } from '@fairway/plugin-gitops-common';
import { eventually } from './eventually';
import { watchOf } from './expectStore';
import type { TestBackend } from './TestBackend';

/** Twice the longest that docs/watching.md grants with the times of `SHORT_TIMES`. */
const SECONDS_TO_NOTICE = 60;

/** Waits until the watch of a kind is said to be in a state; of the applications by default. */
export function untilState(
  backend: Pick<TestBackend, 'api'>,
  cluster: string,
  state: ClusterResourceStatus['state'],
  resource?: string,
) {
  return eventually(
    async () => {
      const { watch } = await watchOf(backend, cluster, resource);
      assert.equal(watch?.state, state);
      return watch!;
    },
    { withinSeconds: SECONDS_TO_NOTICE },
  );
}
