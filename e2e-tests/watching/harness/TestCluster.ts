import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCluster } from 'playground/src/cluster';

/** A stand-in cluster of this process, which can be made to misbehave. */
export class TestCluster {
  readonly name: string;
  readonly token = 'watching';
  readonly #directory = mkdtempSync(join(tmpdir(), 'fairway-cluster-'));
  readonly #running: ReturnType<typeof createCluster>;

  readonly #clockSkewSeconds: number;

  private constructor(options: {
    name: string;
    /** Seconds that its clock is ahead; negative: behind. */
    clockSkewSeconds?: number;
  }) {
    const { clockSkewSeconds = 0 } = options;
    this.name = options.name;
    this.#clockSkewSeconds = clockSkewSeconds;
    this.#running = createCluster({
      port: 0,
      directory: this.#directory,
      token: this.token,
      now: () => this.now(),
      bookmarkIntervalMs: 2_000,
      // Nothing of it outlives the test.
      saveDelayMs: 1_000_000_000,
    });
  }

  /** Starts a cluster on a free port. */
  static async start(
    options: {
      name?: string;
      clockSkewSeconds?: number;
    } = {},
  ): Promise<TestCluster> {
    const cluster = new TestCluster({ name: 'local', ...options });
    await cluster.#running.start();
    return cluster;
  }

  /** Its objects; every write is seen by every watch. */
  get objects() {
    return this.#running.cluster;
  }

  /** By its clock. */
  now(): Date {
    return new Date(Date.now() + this.#clockSkewSeconds * 1000);
  }

  /** By its clock, in the form and in the whole seconds of Kubernetes. */
  time(): string {
    return `${this.now().toISOString().slice(0, 19)}Z`;
  }

  get faults() {
    return this.#running.faults;
  }

  get url(): string {
    return this.#running.url;
  }

  /** Forgets the history: every earlier resourceVersion is answered with 410. */
  compact(): void {
    this.#running.compact();
  }

  async stop(): Promise<void> {
    await this.#running.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
