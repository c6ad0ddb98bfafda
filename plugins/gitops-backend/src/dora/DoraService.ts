import { InputError, NotFoundError } from '@backstage/errors';
import {
  computeDoraReport,
  computeDoraResults,
  previousWindow,
  type Deployment,
  type DoraBand,
  type DoraQuery,
  type DoraReport,
  type DoraResponse,
  type DoraResult,
  type DoraScope,
  type DoraWindow,
} from '@fairway/plugin-gitops-common';
import type { GitopsReader } from '../store';
import { groupByService } from './groupByService';
import { LeadTimes } from './LeadTimes';

/** A component that the caller may read, with what a scope asks of it. All but names are entity refs. */
export interface ServiceEntry {
  entityRef: string;
  name: string;
  owner?: string;
  system?: string;
  domain?: string;
}

/** Whom a report is for. */
export interface DoraReader {
  /** Every component that the caller may read; what is not among them is in no number. */
  services: readonly ServiceEntry[];
}

/** What {@link DoraService} stands on. */
export interface DoraServiceOptions {
  store: Pick<GitopsReader, 'deploymentsInWindow'>;
  /** Year of the table of levels when a query names none. Default 2023. */
  bands?: DoraBand['year'];
  now?: () => Date;
}

const DEFAULT_DAYS = 30;
const MAX_DEPLOYMENTS = 500;
const DAY_MS = 86_400_000;
/** Positions in the five results. */
const LEAD_TIME = 1;
const FAIL_RATE = 2;

function inScope(scope: DoraScope, service: ServiceEntry): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'service':
      return service.entityRef === scope.ref;
    default:
      return service[scope.kind] === scope.ref;
  }
}

function isoTime(text: string, what: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw new InputError(
      `The ${what} of the window is not a time: "${text}". Give an ISO time, for example 2026-01-31T00:00:00Z`,
    );
  }
  return new Date(time).toISOString();
}

function valueOf(result: DoraResult): number {
  return result.status === 'measured' ? result.value : -1;
}

/** Most failures first, then the slowest; what has no number comes last. */
function worstFirst(
  a: DoraResponse['services'][number],
  b: DoraResponse['services'][number],
): number {
  return (
    valueOf(b.values[FAIL_RATE]) - valueOf(a.values[FAIL_RATE]) ||
    valueOf(b.values[LEAD_TIME]) - valueOf(a.values[LEAD_TIME]) ||
    a.name.localeCompare(b.name)
  );
}

function withoutCommits({
  commits,
  ...deployment
}: Deployment): DoraResponse['deployments'][number] {
  return { ...deployment, commitCount: commits.length };
}

/**
 * Answers the DORA page from what is stored: the production tier of the services of a scope.
 *
 * @remarks
 * Deployments of applications that belong to no component are in no report, because nobody is
 * known who may read them.
 */
export class DoraService {
  readonly #options: DoraServiceOptions;
  readonly #leadTimes: LeadTimes;

  constructor(options: DoraServiceOptions) {
    this.#options = options;
    this.#leadTimes = new LeadTimes({
      store: options.store,
      windowOf: () => this.#windowOf({}),
      now: () => this.#now().getTime(),
    });
  }

  /**
   * The five metrics of a scope, the services in it, and the deployments behind.
   *
   * @throws InputError for a scope without a ref or a window that cannot be read.
   * @throws NotFoundError for a service that the reader cannot see.
   */
  async getReport(query: DoraQuery, reader: DoraReader): Promise<DoraResponse> {
    const { scope } = query;
    const services = this.#servicesOf(scope, reader);
    const window = this.#windowOf(query);
    const deployments = await this.#options.store.deploymentsInWindow({
      from: previousWindow(window).from,
      to: window.to,
      tier: 'production',
      entityRefs: services.map(service => service.entityRef),
    });
    const report = computeDoraReport({
      deployments,
      window,
      interval: query.interval,
      bands: query.bands ?? this.#options.bands,
      // Members are shown beside their deployments, so there are no more of them.
      listed: MAX_DEPLOYMENTS,
    });
    const within = deployments.filter(one => one.finishedAt >= window.from);
    return {
      scope,
      report,
      services:
        scope.kind === 'service'
          ? []
          : this.#compare(services, deployments, window),
      deployments: within
        .sort((a, b) => b.finishedAt.localeCompare(a.finishedAt))
        .slice(0, MAX_DEPLOYMENTS)
        .map(withoutCommits),
    };
  }

  /**
   * The report of the last 30 days over deployments that were read already, without the lists of
   * what was counted: for a page that shows numbers and leads to their explanation.
   *
   * @param deployments - of all tiers; at least those of the last 60 days
   */
  reportOf(deployments: readonly Deployment[]): DoraReport {
    const window = this.#windowOf({});
    const { from } = previousWindow(window);
    return computeDoraReport({
      deployments: deployments.filter(
        ({ tier, finishedAt }) =>
          tier === 'production' && finishedAt >= from && finishedAt < window.to,
      ),
      window,
      bands: this.#options.bands,
      listed: 0,
    });
  }

  /**
   * Median lead times of the last 30 days in seconds, for those of the services that have one;
   * see {@link LeadTimes}.
   *
   * @param versionOf - another number after each change of the deployments of a service
   */
  leadTimes(
    entityRefs: readonly string[],
    versionOf: (entityRef: string) => number,
  ): Promise<ReadonlyMap<string, number>> {
    return this.#leadTimes.get(entityRefs, versionOf);
  }

  #servicesOf(scope: DoraScope, { services }: DoraReader): ServiceEntry[] {
    if (scope.kind !== 'all' && !scope.ref) {
      throw new InputError(
        `A report over one ${scope.kind} needs its entity ref: add "ref"`,
      );
    }
    const matching = services.filter(service => inScope(scope, service));
    if (scope.kind === 'service' && matching.length === 0) {
      throw new NotFoundError(
        `There is no component ${scope.ref} that you may read: check its name in the catalog`,
      );
    }
    return matching;
  }

  #windowOf(query: Pick<DoraQuery, 'from' | 'to' | 'timeZone'>): DoraWindow {
    const to = query.to ? isoTime(query.to, 'end') : this.#now().toISOString();
    const from = query.from
      ? isoTime(query.from, 'start')
      : new Date(Date.parse(to) - DEFAULT_DAYS * DAY_MS).toISOString();
    return { from, to, timeZone: query.timeZone ?? 'UTC' };
  }

  #compare(
    services: readonly ServiceEntry[],
    deployments: readonly Deployment[],
    window: DoraWindow,
  ): DoraResponse['services'] {
    const groups = groupByService(deployments);
    return services
      .map(({ entityRef, name, owner }) => {
        const own = groups.get(entityRef) ?? [];
        return {
          entityRef,
          name,
          ...(owner && { owner }),
          deployments: own.filter(
            one => one.counted && one.finishedAt >= window.from,
          ).length,
          values: computeDoraResults({ deployments: own, window }),
        };
      })
      .sort(worstFirst);
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}
