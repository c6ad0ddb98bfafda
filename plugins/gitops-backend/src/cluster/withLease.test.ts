import { mockServices } from '@backstage/backend-test-utils';
import { withLease } from './withLease';

/** Leases in memory, by the clock of the test. */
class MemoryLeases {
  readonly exclusive = false;
  holder?: string;
  until = 0;
  /** Set while the database does not answer. */
  down = false;
  /** Set while it hangs: every connection of the pool is taken. */
  hangs = false;
  /** Answers that are waited for. */
  open = 0;
  readonly #hanging: Array<() => void> = [];

  /** Answers everything that waits. */
  answer() {
    this.hangs = false;
    this.#hanging.splice(0).forEach(go => go());
  }

  async acquireLease(lease: { holder: string; seconds: number }) {
    if (this.hangs) {
      this.open += 1;
      await new Promise<void>(resolve => {
        this.#hanging.push(resolve);
      });
      this.open -= 1;
    }
    if (this.down) {
      throw new Error('No connection');
    }
    const free = this.holder === undefined || this.until <= Date.now();
    if (!free && this.holder !== lease.holder) {
      return false;
    }
    this.holder = lease.holder;
    this.until = Date.now() + lease.seconds * 1000;
    return true;
  }

  async releaseLease({ holder }: { holder: string }) {
    if (this.holder === holder) {
      this.holder = undefined;
    }
  }
}

describe('withLease', () => {
  const leases = new MemoryLeases();
  const working = new Set<string>();
  const ends: Array<{ stop: AbortController; done: Promise<void> }> = [];

  function replica(holder: string) {
    const stop = new AbortController();
    const done = withLease({
      registry: leases,
      ...{ name: 'cluster:eu', holder, signal: stop.signal },
      logger: mockServices.logger.mock(),
      work: async whileHeld => {
        working.add(holder);
        await new Promise(resolve => {
          whileHeld.addEventListener('abort', resolve, { once: true });
        });
        working.delete(holder);
      },
    });
    ends.push({ stop, done });
    return { stop, done };
  }

  const seconds = (count: number) =>
    jest.advanceTimersByTimeAsync(count * 1000);

  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(async () => {
    ends.forEach(({ stop }) => stop.abort());
    await Promise.all(ends.splice(0).map(({ done }) => done));
    jest.useRealTimers();
  });

  it('lets one work at a time, and another take over at once when it stops', async () => {
    const first = replica('first');
    await seconds(0);
    replica('second');
    await seconds(60);
    expect([...working]).toEqual(['first']);

    first.stop.abort();
    await first.done;
    await seconds(2);
    expect([...working]).toEqual(['second']);
  });

  it('stops before another may begin when the lease cannot be renewed', async () => {
    replica('only');
    await seconds(10);
    expect([...working]).toEqual(['only']);

    leases.down = true;
    while (working.size > 0) {
      await seconds(1);
      expect(Date.now()).toBeLessThan(leases.until);
    }
    leases.down = false;
    await seconds(4);
    expect([...working]).toEqual(['only']);
  });

  it('stops before another may begin when the renewal hangs, and asks once', async () => {
    replica('only');
    await seconds(10);
    expect([...working]).toEqual(['only']);

    leases.hangs = true;
    while (working.size > 0) {
      await seconds(1);
      expect(Date.now()).toBeLessThan(leases.until);
    }
    await seconds(60);
    expect(leases.open).toBe(1);
    // An answer to what was asked long ago is no lease to work under.
    leases.hangs = false;
    leases.holder = 'another';
    leases.until = Date.now() + 3_000;
    leases.answer();
    await seconds(1);
    expect([...working]).toEqual([]);
    await seconds(6);
    expect([...working]).toEqual(['only']);
  });

  it('does not wait for a database that hangs when it is told to end', async () => {
    leases.hangs = true;
    const { stop, done } = replica('waits');
    await seconds(1);
    stop.abort();
    await expect(done).resolves.toBeUndefined();
    leases.answer();
  });

  it('does not work under a lease that took too long to get', async () => {
    leases.hangs = true;
    replica('late');
    await seconds(14);
    leases.answer();
    await seconds(1);
    expect([...working]).toEqual([]);
    await seconds(3);
    expect([...working]).toEqual(['late']);
  });

  it('stops when somebody else has the lease', async () => {
    replica('one');
    await seconds(1);
    leases.holder = 'another';
    leases.until = Date.now() + 600_000;
    await seconds(5);
    expect([...working]).toEqual([]);
    leases.holder = undefined;
  });
});
