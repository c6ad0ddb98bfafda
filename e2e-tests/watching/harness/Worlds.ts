import assert from 'node:assert/strict';
import { ClusterTruth } from './ClusterTruth';
import { eventually } from './eventually';
import { untilStoreEquals, watchesOf, watchOf } from './expectStore';
import { TestBackend, type TestBackendOptions } from './TestBackend';
import { TestCluster } from './TestCluster';
import { Witness } from './Witness';
import { World, type WorldSize } from './World';

/** One of {@link Worlds}. */
export interface WorldOptions extends WorldSize {
  name: string;
  /** Seconds that its clock is ahead; negative: behind. */
  clockSkewSeconds?: number;
  /** Where the backend finds it; by default where it is. */
  reachedAt?(cluster: TestCluster): Promise<string>;
  /** Called before the backend starts: it is so from the start. */
  prepare?(world: WorldUnderFaults): void;
}

/** A world with what is true of its cluster. */
export class WorldUnderFaults extends World {
  readonly truth: ClusterTruth;

  /** @param options.isShared - see {@link ClusterTruth} */
  constructor(
    cluster: TestCluster,
    options: WorldSize & { isShared?: boolean } = {},
  ) {
    super(cluster, options);
    this.truth = new ClusterTruth(cluster.name, options);
  }

  get name(): string {
    return this.cluster.name;
  }

  get faults() {
    return this.cluster.faults;
  }
}

/** Worlds with a cluster each, one backend that watches them, and a witness who looks at its pages. */
export class Worlds {
  readonly backend: TestBackend;
  readonly #worlds: ReadonlyMap<string, WorldUnderFaults>;
  readonly #witness: Witness;

  private constructor(
    backend: TestBackend,
    worlds: ReadonlyMap<string, WorldUnderFaults>,
  ) {
    this.backend = backend;
    this.#worlds = worlds;
    this.#witness = new Witness(backend, [...worlds.values()]);
  }

  static async start(
    worlds: readonly WorldOptions[],
    options: Omit<TestBackendOptions, 'clusters' | 'components'> = {},
  ): Promise<Worlds> {
    const made = new Map<string, WorldUnderFaults>();
    const addresses: Array<{ name: string; url: string; token: string }> = [];
    for (const world of worlds) {
      const { name } = world;
      const cluster = await TestCluster.start({
        name,
        clockSkewSeconds: world.clockSkewSeconds,
      });
      const one = new WorldUnderFaults(cluster, world);
      made.set(name, one);
      world.prepare?.(one);
      const url = (await world.reachedAt?.(cluster)) ?? cluster.url;
      addresses.push({ name, url, token: cluster.token });
    }
    const backend = await TestBackend.start({
      ...options,
      clusters: addresses,
      components: [...made.keys()],
    });
    return new Worlds(backend, made);
  }

  get(name: string): WorldUnderFaults {
    const world = this.#worlds.get(name);
    if (!world) {
      throw new Error(`There is no world '${name}'`);
    }
    return world;
  }

  /** Waits until everything that is stored and shown of the world is as it is in its cluster. */
  inStep({ scripts }: Pick<World, 'scripts'>): Promise<void> {
    return untilStoreEquals(this.backend, scripts);
  }

  /** Waits until it is in step and each of its kinds is watched, so that a fault finds something to break. */
  async untilWatched(world: WorldUnderFaults): Promise<void> {
    await this.inStep(world);
    await eventually(async () => {
      const { cluster } = await watchOf(this.backend, world.name);
      assert.equal(world.faults.openWatches, watchesOf(cluster!));
    });
  }

  /** What was said of it since the start was true; see {@link Witness.expectTruth}. */
  expectTruth(world: WorldUnderFaults): Promise<void> {
    return this.#witness.expectTruth(world.name);
  }

  async stop(): Promise<void> {
    await this.#witness.stop();
    await this.backend.kill();
    await Promise.all(
      [...this.#worlds.values()].map(({ cluster }) => cluster.stop()),
    );
  }
}
