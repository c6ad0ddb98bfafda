import type { ApplicationPage, RecorderStore } from '../store';
import {
  ApplicationIndex,
  type FactApplications,
  type FactPlace,
  type IndexedApplication,
} from './ApplicationIndex';

/** Applications read at a time when all are. */
const PAGE_SIZE = 500;
const CHANGES_AT_ONCE = 200;

/** What {@link FollowedApplications} learned of. */
export interface LearnedChanges {
  /** Keys of the places where facts may belong to others than before. */
  places: string[];
  /** Applications that changed in whatever way, as far as that is known. */
  applicationIds: string[];
}

/**
 * The index of applications, of this replica and of all others: read once, and kept current by
 * what this replica records and by the store's feed of changes.
 */
export class FollowedApplications {
  readonly #store: Pick<
    RecorderStore,
    'changesSince' | 'getApplications' | 'latestChange' | 'listApplications'
  >;
  readonly #index = new ApplicationIndex();
  /** Number of the feed up to which everything is known; -1 before the first reading. */
  #seq = -1;
  /** What nobody was told of yet: a reading that fails half-way is gone on with. */
  #learned: LearnedChanges = { places: [], applicationIds: [] };

  constructor(store: RecorderStore) {
    this.#store = store;
  }

  /** False until everything was read once. */
  get isRead(): boolean {
    return this.#seq >= 0;
  }

  get(id: string | undefined): IndexedApplication | undefined {
    return id === undefined ? undefined : this.#index.get(id);
  }

  find(place: FactPlace): FactApplications {
    return this.#index.find(place);
  }

  /** This replica recorded it; see {@link ApplicationIndex.put}. */
  put(application: Parameters<ApplicationIndex['put']>[0]): string[] {
    return this.#index.put(application);
  }

  remove(id: string): string[] {
    return this.#index.remove(id);
  }

  /** Learns of everything that was recorded before the call. One row, while nothing was. */
  async catchUp(): Promise<LearnedChanges> {
    const latest = await this.#store.latestChange();
    if (!this.isRead) {
      await this.#readAll(latest);
    }
    await this.#follow(latest);
    const learned = this.#learned;
    this.#learned = { places: [], applicationIds: [] };
    return learned;
  }

  async #follow(latest: number): Promise<void> {
    while (this.#seq !== latest) {
      const changes = await this.#store.changesSince(
        this.#seq,
        CHANGES_AT_ONCE,
      );
      if (!changes.complete) {
        await this.#readAll(changes.seq);
        return;
      }
      await this.#learn(changes.applicationIds);
      const isAll = changes.seq === this.#seq || changes.seq > latest;
      this.#seq = changes.seq;
      if (isAll) {
        return;
      }
    }
  }

  async #learn(ids: readonly string[]): Promise<void> {
    const { places, applicationIds } = this.#learned;
    const found = new Map(
      (await this.#store.getApplications(ids)).map(one => [one.id, one]),
    );
    for (const id of ids) {
      const application = found.get(id);
      applicationIds.push(id);
      places.push(
        ...(application
          ? this.#index.put(application)
          : this.#index.remove(id)),
      );
    }
  }

  async #readAll(seq: number): Promise<void> {
    const { places, applicationIds } = this.#learned;
    const known = new Set<string>();
    let cursor: string | undefined;
    do {
      const page: ApplicationPage = await this.#store.listApplications({
        unregistered: false,
        limit: PAGE_SIZE,
        cursor,
      });
      for (const application of page.items) {
        known.add(application.id);
        applicationIds.push(application.id);
        places.push(...this.#index.put(application));
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    places.push(...this.#index.keepOnly(known));
    this.#seq = seq;
  }
}
