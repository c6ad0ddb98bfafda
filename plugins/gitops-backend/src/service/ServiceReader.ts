import { NotFoundError } from '@backstage/errors';
import type {
  CommandPermission,
  Environment,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';
import type { Service } from '../catalog';
import type { DoraService } from '../dora';
import type { CommandStore, GitopsReader } from '../store';
import { buildService } from './buildService';
import { countApplications, errorsOf } from './clusterAnswers';
import type { FleetIndex } from './fleet';
import type { AuthorizedCaller } from './GitopsAnswers';
import { markStale } from './markStale';
import type { ServiceDirectory } from './ServiceDirectory';
import { clustersOfService, sharedFacts } from './sharedFacts';

/** The first page of a service's timeline: what a person reads before asking for more. */
const TIMELINE_LIMIT = 12;
/** How far back a commit may wait for the next environment, in days. */
const WAITING_DAYS = 90;
const DAY_MS = 86_400_000;

/** What {@link ServiceReader} stands on. */
export interface ServiceReaderOptions {
  index: Pick<FleetIndex, 'clusters'>;
  store: GitopsReader & Pick<CommandStore, 'listCommandRuns'>;
  directory: ServiceDirectory;
  dora: DoraService;
  /** In the order of promotion. */
  environments: Environment[];
  now?: () => Date;
}

/** Answers the page of one service. */
export class ServiceReader {
  readonly #options: ServiceReaderOptions;

  constructor(options: ServiceReaderOptions) {
    this.#options = options;
  }

  /** @throws NotFoundError for a component that the caller may not see. */
  async findService(
    entityRef: string,
    caller: AuthorizedCaller,
  ): Promise<Service> {
    const services = await this.#options.directory.getServices(
      caller.credentials,
      { including: [entityRef] },
    );
    const service = services.get(entityRef);
    if (!service || !caller.mayRead(service.owners)) {
      throw new NotFoundError(
        `There is no component ${entityRef} that you may see; look for it in the catalog`,
      );
    }
    return service;
  }

  /** The page of a service that the caller may see, with what they may do there. */
  async getService(
    service: Service,
    operate: CommandPermission,
  ): Promise<ServiceResponse> {
    const { store, dora, environments, index } = this.#options;
    const { entityRef } = service;
    const now = this.#options.now?.() ?? new Date();
    const ago = (milliseconds: number) =>
      new Date(now.getTime() - milliseconds).toISOString();
    const { clusters } = index;
    const [page, timeline, recent, own, commandRuns] = await Promise.all([
      store.listApplications({ entityRefs: [entityRef] }),
      store.listDeployments({ entityRef: [entityRef], limit: TIMELINE_LIMIT }),
      store.deploymentsInWindow({
        from: ago(WAITING_DAYS * DAY_MS),
        to: ago(-DAY_MS),
        entityRefs: [entityRef],
      }),
      store.listFacts({ entityRefs: [entityRef] }),
      store.listCommandRuns({ entityRef }),
    ]);
    const applications = markStale(page.items, clusters);
    const sharing = { applications, own };
    const seenOn = clustersOfService(sharing);
    const shared = await store.listFacts({ sharedOn: seenOn });
    return {
      entityRef,
      ...buildService({ environments, applications, deployments: recent }),
      deployments: timeline.items,
      commandRuns,
      nextDeploymentsCursor: timeline.nextCursor,
      dora: dora.reportOf(recent),
      facts: [...own, ...sharedFacts(shared, sharing)],
      permissions: { operate },
      clusters: countApplications(
        clusters.filter(({ name }) => seenOn.includes(name)),
        applications,
      ),
      errors: errorsOf(clusters),
    };
  }
}
