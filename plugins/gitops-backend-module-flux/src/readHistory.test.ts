import { ObjectFields } from '@fairway/plugin-gitops-node';
import { readDeployments } from './readHistory';
import { readRevision } from './readRevision';

const SEEDS = 200;
const STEPS = 15;

interface Snapshot {
  digest: string;
  firstReconciled: string;
  lastReconciled: string;
  lastReconciledStatus: string;
  metadata: { revision: string };
}

/** Keeps `status` as kustomize-controller does, one reconciliation after the other. */
class SimulatedKustomization {
  history: Snapshot[] = [];
  #minute = 0;
  #applied?: string;
  #attempted?: string;
  #failed = false;

  reconcile(revision: string, digest: string, succeeds: boolean): void {
    this.#minute += 1;
    const now = new Date(Date.UTC(2026, 0, 1, 0, this.#minute)).toISOString();
    const status = succeeds ? 'ReconciliationSucceeded' : 'HealthCheckFailed';
    const known = this.history.find(
      entry => entry.digest === digest && entry.lastReconciledStatus === status,
    );
    const entry: Snapshot = {
      digest,
      firstReconciled: known?.firstReconciled ?? now,
      lastReconciled: now,
      lastReconciledStatus: status,
      metadata: { revision },
    };
    this.history = [
      entry,
      ...this.history.filter(other => other !== known),
    ].slice(0, 5);
    this.#attempted = revision;
    this.#applied = succeeds ? revision : this.#applied;
    this.#failed = !succeeds;
  }

  keys(): string[] {
    const status = ObjectFields.of({
      history: this.history,
      conditions: [
        {
          type: 'Ready',
          status: this.#failed ? 'False' : 'True',
          reason: this.#failed ? 'HealthCheckFailed' : 'Succeeded',
          lastTransitionTime: this.history[0].lastReconciled,
        },
      ],
    });
    return readDeployments({
      status,
      revision: readRevision(this.#applied),
      attempted: readRevision(this.#attempted),
    }).map(({ key }) => key);
  }
}

/** Numbers below 1 that are the same in each run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

it('gives what it tells later the key that it had while it was in force', () => {
  let told = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = numbers(seed);
    const next = () => random.next().value;
    const kustomization = new SimulatedKustomization();
    const seen = new Set<string>();
    let before = '';
    for (let step = 0; step < STEPS; step += 1) {
      const digest = 'abcdefg'[Math.floor(next() * 7)];
      const succeeds = next() < 0.7;
      // As often as it is tried again or confirmed, each time at a commit that changes nothing here.
      for (let times = 0; times < 1 + next() * 2; times += 1) {
        const revision = `${step}${times}`.padStart(40, '0');
        kustomization.reconcile(`main@sha1:${revision}`, digest, succeeds);
        const keys = kustomization.keys();
        // Only what was reconciled just now is news.
        const unseen = keys.filter(key => !seen.has(key));
        expect(unseen.filter(key => !key.includes(`/${digest}/`))).toEqual([]);
        // A revision that renders the same as the one before is no news at all.
        const isSame = before === `${digest} ${succeeds}`;
        expect(isSame ? unseen : []).toEqual([]);
        before = `${digest} ${succeeds}`;
        keys.forEach(key => seen.add(key));
        told += keys.length;
      }
    }
  }
  expect(told).toBeGreaterThan(SEEDS * STEPS);
});
