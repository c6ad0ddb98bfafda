import type {
  ApplicationsQuery,
  ApplicationsResponse,
  ClusterStatus,
  Environment,
  FleetQuery,
  FleetResponse,
} from '@fairway/plugin-gitops-common';
import { HEALTH_STATUSES } from '@fairway/plugin-gitops-common';
import { LRUCache } from 'lru-cache';
import type { DoraService } from '../../dora';
import type { GitopsReader } from '../../store';
import { errorsOf } from '../clusterAnswers';
import { pageOf } from '../cursor';
import type { AuthorizedCaller } from '../GitopsAnswers';
import { markStale } from '../markStale';
import type { ServiceDirectory } from '../ServiceDirectory';
import { Visibilities, type Visibility } from '../Visibility';
import type { FleetApplication } from './FleetApplication';
import type { FleetIndex } from './FleetIndex';
import { filterIndexedRows, matchesCell, wordsOf } from './fleetRows';
import { FleetView } from './FleetView';

const DEFAULT_LIMIT = 50;
/** Rows of all views together; about 500 bytes each. */
const MAX_ROWS = 40_000;

/** Out of sync is worse than unknown: it is a fact that somebody can act on. */
const SYNC_RANKS = { synced: 0, unknown: 1, 'out-of-sync': 2 };

type ApplicationSort = NonNullable<ApplicationsQuery['sort']>;

/** What {@link FleetReader} stands on. */
export interface FleetReaderOptions {
  index: FleetIndex;
  store: Pick<GitopsReader, 'getApplications'>;
  directory: ServiceDirectory;
  dora: DoraService;
  /** In the order of promotion. */
  environments: Environment[];
}

/** Answers about many applications, from the index and the catalog. */
export class FleetReader {
  readonly #options: FleetReaderOptions;
  readonly #visibilities = new Visibilities();
  readonly #views = new LRUCache<string, FleetView>({
    maxSize: MAX_ROWS,
    sizeCalculation: view => view.size + 1,
  });

  constructor(options: FleetReaderOptions) {
    this.#options = options;
  }

  /** What the caller may read, with everything that was written before the call. */
  async viewFor(
    caller: AuthorizedCaller,
  ): Promise<{ view: FleetView; visibility: Visibility }> {
    const { index, directory } = this.#options;
    await index.catchUp();
    const services = await directory.getServices(caller.credentials, {
      newerThan: index.grownAt,
    });
    const visibility = this.#visibilities.of(services, caller);
    let view = this.#views.get(visibility.key);
    if (!view) {
      view = new FleetView({ index, visibility });
      this.#views.set(visibility.key, view);
    }
    return { view, visibility };
  }

  /** @throws InputError for a cursor of another list. */
  async getFleet(query: FleetQuery, view: FleetView): Promise<FleetResponse> {
    const { dora, environments, index } = this.#options;
    const sort = query.sort ?? 'name';
    const page = pageOf(filterIndexedRows(view.rows(sort), query), {
      sort,
      limit: query.limit ?? DEFAULT_LIMIT,
      cursor: query.cursor,
    });
    const answer = {
      environments,
      totalRows: page.total,
      nextCursor: page.nextCursor,
      counts: view.counts(),
      clusters: view.clusters(),
      errors: errorsOf(index.clusters),
    };
    const rows = page.items.map(({ row, applications }) => ({
      ...row,
      cells: applications.map(one => index.shown(one)),
    }));
    const leadTimes = await dora.leadTimes(
      rows.flatMap(({ entityRef }) => entityRef ?? []),
      ref => index.versionOf(ref),
    );
    return {
      ...answer,
      rows: rows.map(row => ({
        ...row,
        leadTimeSeconds: row.entityRef && leadTimes.get(row.entityRef),
      })) as FleetResponse['rows'],
    };
  }

  /** @throws InputError for a cursor of another list. */
  async getApplications(
    query: ApplicationsQuery,
    options: { view: FleetView; visibility: Visibility },
  ): Promise<ApplicationsResponse> {
    const { store, index } = this.#options;
    const sort = query.sort ?? 'name';
    const matching = filterApplications(options.view.applications(), query, {
      serviceOf: ref => options.visibility.services.get(ref ?? ''),
    });
    const page = pageOf(sortApplications(matching, sort), {
      sort,
      limit: query.limit ?? DEFAULT_LIMIT,
      cursor: query.cursor,
    });
    const items = await store.getApplications(
      page.items.map(({ cell }) => cell.id),
    );
    // What moved to another component since the index was asked is left to the next question.
    const refs = new Map(
      page.items.map(({ cell, entityRef }) => [cell.id, entityRef]),
    );
    return {
      items: markStale(
        items.filter(({ id, entityRef }) => refs.get(id) === entityRef),
        index.clusters,
      ),
      totalItems: page.total,
      nextCursor: page.nextCursor,
      errors: errorsOf(index.clusters),
    };
  }

  async getClusters(
    caller: AuthorizedCaller,
  ): Promise<{ items: ClusterStatus[] }> {
    const { view } = await this.viewFor(caller);
    return { items: view.clusters() };
  }
}

function filterApplications(
  applications: readonly FleetApplication[],
  query: ApplicationsQuery,
  options: {
    serviceOf(
      entityRef?: string,
    ): { owner?: string; system?: string } | undefined;
  },
): FleetApplication[] {
  const { owner, system, entityRef, unregistered } = query;
  const words = wordsOf(query.search);
  const isOneOf = (wanted: readonly string[] | undefined, value?: string) =>
    !wanted?.length || wanted.includes(value ?? '');
  return applications.filter(application => {
    const { cell, entityRef: ref, search } = application;
    const service = options.serviceOf(ref);
    return (
      (unregistered === undefined || unregistered === !ref) &&
      isOneOf(entityRef, ref) &&
      isOneOf(owner, service?.owner) &&
      isOneOf(system, service?.system) &&
      matchesCell(cell, query) &&
      words.every(word => search.includes(word))
    );
  });
}

/** Worst and newest first; equal ones by name. */
function sortApplications(
  applications: FleetApplication[],
  sort: ApplicationSort,
): FleetApplication[] {
  const compare = (a: string, b: string) => {
    if (a === b) {
      return 0;
    }
    return a < b ? -1 : 1;
  };
  const deployedAt = ({ cell }: FleetApplication) =>
    cell.lastDeployment?.finishedAt ?? '';
  const by: Record<
    ApplicationSort,
    (a: FleetApplication, b: FleetApplication) => number
  > = {
    name: () => 0,
    health: (a, b) =>
      HEALTH_STATUSES.indexOf(b.cell.health) -
      HEALTH_STATUSES.indexOf(a.cell.health),
    sync: (a, b) => SYNC_RANKS[b.cell.sync] - SYNC_RANKS[a.cell.sync],
    'last-deployment': (a, b) => compare(deployedAt(b), deployedAt(a)),
  };
  return applications.sort(
    (a, b) =>
      by[sort](a, b) ||
      compare(a.cell.ref.name, b.cell.ref.name) ||
      compare(a.cell.id, b.cell.id),
  );
}
