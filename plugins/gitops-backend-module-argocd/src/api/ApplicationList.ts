import {
  connectionErrorReason,
  type KubernetesObject,
} from '@fairway/plugin-gitops-node';
import type { ArgocdClient } from './ArgocdClient';
import type { Permissions } from './Permissions';
import { readChunks } from './readChunks';
import { readListItems } from './readListItems';
import { withKind } from './withKind';

/** Asked for in one request, at most; it bounds what Argo CD copies at a time, and the URL. */
const PROJECTS_PER_REQUEST = 50;

/** What will be asked for, one group of projects after the other. */
export interface ListPlan {
  /** Of Argo CD's cache, before anything was listed. */
  resourceVersion: string;
  /** Undefined: all projects at once. */
  groups: Array<string[] | undefined>;
  /** Every project that is known of. */
  projects: string[];
  /** Of those, and `*`, what the token might not see before anything was listed. */
  hidden: string[];
  applications: number;
}

interface Index {
  metadata?: { resourceVersion?: string };
  items?: Array<{ spec?: { project?: string } }> | null;
}

/**
 * Lists all applications in bounded memory, on either side: Argo CD's list has no pages, and one
 * answer with 10,000 applications is hundreds of megabytes. So names and projects are asked for
 * first, then the applications of some projects at a time, and each answer is taken apart as it
 * comes.
 *
 * @remarks
 * `fields` would make answers small, but Argo CD then leaves out the history, the conditions and
 * the versions, so it is used for the names alone.
 */
export class ApplicationList {
  readonly #client: ArgocdClient;
  readonly #permissions: Permissions;
  readonly #projects: string[] | undefined;
  readonly #silenceMillis: number;
  /** Projects that were seen before: those that are not there any more may be hidden. */
  readonly #known = new Set<string>();

  constructor(options: {
    client: ArgocdClient;
    permissions: Permissions;
    projects?: string[];
    silenceMillis: number;
  }) {
    this.#client = options.client;
    this.#permissions = options.permissions;
    this.#projects = options.projects;
    this.#silenceMillis = options.silenceMillis;
  }

  /** How many applications there are. */
  async count(signal?: AbortSignal): Promise<number> {
    const { items } = await this.#index(signal);
    return items?.length ?? 0;
  }

  /**
   * What to list. Rights come first: what is hidden by then is not missing, and what is hidden
   * later is found by asking again at the end.
   *
   * @param limit - applications for each request, as far as projects allow it
   */
  async plan(limit: number, signal?: AbortSignal): Promise<ListPlan> {
    const existing = this.#projects ?? (await this.#visibleProjects(signal));
    existing.forEach(project => this.#known.add(project));
    const hidden = new Set(await this.hidden([...this.#known], signal));
    const index = await this.#index(signal);
    const counts = new Map<string, number>();
    for (const { spec } of index.items ?? []) {
      const project = spec?.project || 'default';
      counts.set(project, (counts.get(project) ?? 0) + 1);
    }
    const found = [...counts.keys()].filter(name => !this.#known.has(name));
    found.forEach(project => this.#known.add(project));
    for (const project of await this.#permissions.hidden(
      'applications',
      found,
      signal,
    )) {
      hidden.add(project);
    }
    const projects = [...this.#known].sort();
    // Of those that the index lacks, the applications may have been hidden just then.
    for (const project of projects) {
      counts.set(project, counts.get(project) ?? 0);
    }
    return {
      resourceVersion: index.metadata?.resourceVersion ?? '',
      groups: this.#groups(counts, limit),
      projects,
      hidden: ['*', ...projects].filter(project => hidden.has(project)),
      applications: index.items?.length ?? 0,
    };
  }

  #index(signal?: AbortSignal): Promise<Index> {
    return this.#client.json<Index>({
      path: ['applications'],
      query: {
        fields: 'items.metadata.name,items.spec.project',
        projects: this.#projects,
      },
      what: 'list applications',
      needs: 'p, <role>, applications, get, */*',
      signal,
    });
  }

  /** The applications of a plan; the next request is made when the last answer was read. */
  async *items(
    plan: ListPlan,
    signal: AbortSignal,
  ): AsyncGenerator<KubernetesObject> {
    const { where } = this.#client;
    for (const projects of plan.groups) {
      const body = await this.#client.open(
        {
          path: ['applications'],
          query: { projects },
          what: 'list applications',
          needs: 'p, <role>, applications, get, */*',
          signal,
        },
        'application/json',
      );
      const chunks = readChunks(body, {
        silenceMillis: this.#silenceMillis,
        where,
      });
      for await (const item of readListItems(chunks, where)) {
        yield withKind(item as KubernetesObject, 'Application');
      }
    }
  }

  /** Of the projects, and `*`, what the token may not see now. */
  async hidden(
    projects: readonly string[],
    signal?: AbortSignal,
  ): Promise<string[]> {
    const all =
      this.#projects ||
      (await this.#permissions.maySee('applications', '*', signal))
        ? []
        : ['*'];
    const some = await this.#permissions.hidden(
      'applications',
      projects,
      signal,
    );
    return [...all, ...some];
  }

  #groups(
    counts: Map<string, number>,
    limit: number,
  ): Array<string[] | undefined> {
    const groups: string[][] = [];
    let room = 0;
    for (const [project, count] of [...counts].sort()) {
      const last = groups.at(-1);
      if (last && count <= room && last.length < PROJECTS_PER_REQUEST) {
        last.push(project);
        room -= count;
      } else {
        groups.push([project]);
        room = limit - count;
      }
    }
    return groups.length === 1 && !this.#projects ? [undefined] : groups;
  }

  /** Seeing projects is a right of its own, and not needed. */
  async #visibleProjects(signal?: AbortSignal): Promise<string[]> {
    try {
      const { items } = await this.#client.json<{
        items?: Array<{ metadata?: { name?: string } }> | null;
      }>({
        path: ['projects'],
        query: { fields: 'items.metadata.name' },
        what: 'list projects',
        signal,
      });
      return (items ?? []).flatMap(({ metadata }) => metadata?.name ?? []);
    } catch (error) {
      if (connectionErrorReason(error) === 'forbidden') {
        return [];
      }
      throw error;
    }
  }
}
