import { randomUUID } from 'node:crypto';
import {
  ConnectionError,
  type KubernetesObject,
  type ObjectEvent,
  type ObjectPage,
} from '@fairway/plugin-gitops-node';
import { ApplicationList, type ListPlan } from './ApplicationList';
import type { ArgocdClient } from './ArgocdClient';
import type { ArgocdTimes } from './ArgocdTimes';
import { bookmark, objectOf, type GetApplication } from './eventObjects';
import type { ObjectHealth } from './ObjectHealth';
import type { Permissions } from './Permissions';
import { PermissionWatch, rightsChanged } from './PermissionWatch';
import { StreamKeeper } from './StreamKeeper';

/** Applications that are not listed twice without need. */
const MANY = 1_000;

/** A list under way. */
interface Listing {
  token: string;
  plan: ListPlan;
  items: AsyncGenerator<KubernetesObject>;
  stop: AbortController;
}

/**
 * Lists and watches the applications of one installation.
 *
 * @remarks
 * The stream is opened before the list, and its events wait until the list has been read; so
 * nothing that happens between the pages is missed. It stays open from one `watch` to the next.
 * Whenever the stream cannot vouch for that, `watch` throws `expired`, and everything is listed
 * again: after it broke, when it was proven to be open only after the list had begun, when the
 * token's rights changed, and once in a while because Argo CD drops events of slow readers.
 */
export class ApplicationFeed {
  readonly #client: ArgocdClient;
  readonly #permissions: Permissions;
  readonly #projects: string[] | undefined;
  readonly #list: ApplicationList;
  readonly #get: GetApplication;
  readonly #health: ObjectHealth;
  readonly #times: ArgocdTimes;
  readonly #keeper: StreamKeeper;
  #listing: Listing | undefined;
  /** Applications at the last list. */
  #count: number | undefined;
  /** What the last list was made by; undefined until there was one. */
  #listed:
    | {
        at: number;
        hasProof: boolean;
        rights: PermissionWatch;
        /** Watches may be shorter than the time between checks. */
        checkAt: number;
      }
    | undefined;

  constructor(options: {
    client: ArgocdClient;
    permissions: Permissions;
    projects?: string[];
    get: GetApplication;
    health: ObjectHealth;
    times: ArgocdTimes;
    bufferCharacters?: number;
  }) {
    const { client, permissions, projects, times } = options;
    this.#client = client;
    this.#permissions = permissions;
    this.#projects = projects;
    this.#get = options.get;
    this.#health = options.health;
    this.#times = times;
    this.#keeper = new StreamKeeper({
      ...{ client, projects, times },
      bufferCharacters: options.bufferCharacters,
      onClose: () => this.#endListing(),
    });
    this.#list = new ApplicationList({
      client,
      permissions,
      projects,
      silenceMillis: times.silence,
    });
  }

  async listPage(options: {
    limit: number;
    continue?: string;
    signal?: AbortSignal;
  }): Promise<ObjectPage> {
    this.#keeper.busy();
    try {
      const listing =
        options.continue === undefined
          ? await this.#begin(options.limit, options.signal)
          : this.#resume(options.continue);
      return await this.#page(listing, options);
    } catch (error) {
      this.#endListing();
      throw error;
    } finally {
      this.#keeper.rest(options.signal);
    }
  }

  async *watch(options: {
    resourceVersion: string;
    timeoutSeconds: number;
    signal?: AbortSignal;
  }): AsyncGenerator<ObjectEvent> {
    const { signal, timeoutSeconds } = options;
    const until = Date.now() + timeoutSeconds * 1000;
    this.#keeper.busy();
    try {
      while (!signal?.aborted && Date.now() < until) {
        const { stream, listed } = this.#vouched();
        const event = stream.buffer.shift();
        if (event) {
          const object = await objectOf(event, this.#get, signal);
          if (object) {
            yield {
              type: event.type,
              object: await this.#health.complete(object, signal),
            };
          }
        } else {
          await stream.buffer.wait(
            Math.min(until, listed.checkAt) - Date.now(),
            signal,
          );
        }
        if (Date.now() >= listed.checkAt && !signal?.aborted) {
          await listed.rights.check(signal);
          listed.checkAt = Date.now() + this.#times.check;
          yield bookmark(options.resourceVersion);
        }
      }
    } finally {
      this.#keeper.rest(signal);
    }
  }

  async #begin(limit: number, signal?: AbortSignal): Promise<Listing> {
    this.#endListing();
    this.#listed = undefined;
    await this.#keeper.restAfterShortStreams(signal);
    await this.#permissions.assertSignedIn(signal);
    const { plan, at, hasProof } = await this.#plan(limit, signal);
    const partial = this.#permissions.partial('applications', plan.hidden);
    if (partial && plan.applications === 0) {
      throw new ConnectionError('forbidden', partial.message);
    }
    const rights = this.#rightsOf(plan);
    const checkAt = at + this.#times.check;
    this.#listed = { at, hasProof, rights, checkAt };
    const stop = new AbortController();
    this.#listing = {
      token: randomUUID(),
      plan,
      items: this.#list.items(plan, stop.signal),
      stop,
    };
    return this.#listing;
  }

  /** What to list, if possible after the stream was proven to be open. */
  async #plan(limit: number, signal?: AbortSignal) {
    const stream = this.#keeper.open();
    const isOpen = () => stream.openMillis !== undefined;
    if (!isOpen()) {
      // Few are soon listed twice; with many it is better to wait for the next sign of life.
      this.#count ??= await this.#list.count(signal);
      const { proof, proofOfMany } = this.#times;
      await stream.opened(this.#count < MANY ? proof : proofOfMany);
    }
    const hasProof = isOpen();
    const at = Date.now();
    const plan = await this.#list.plan(limit, signal);
    this.#count = plan.applications;
    return { plan, at, hasProof };
  }

  #resume(token: string): Listing {
    if (this.#listing?.token !== token) {
      throw new ConnectionError(
        'expired',
        `This list of ${this.#client.where} was given up; list again`,
      );
    }
    return this.#listing;
  }

  async #page(
    listing: Listing,
    options: { limit: number; signal?: AbortSignal },
  ): Promise<ObjectPage> {
    const { plan, token, items: iterator, stop } = listing;
    const abort = () => stop.abort();
    options.signal?.addEventListener('abort', abort, { once: true });
    const items: KubernetesObject[] = [];
    let more = true;
    try {
      while (more && items.length < options.limit) {
        const next = await iterator.next();
        more = !next.done;
        if (!next.done) {
          // What the stream said of it before is older than this.
          this.#keeper.stream?.buffer.forget(next.value);
          items.push(next.value);
        }
      }
    } finally {
      options.signal?.removeEventListener('abort', abort);
    }
    if (!more) {
      await this.#assertSameRights(plan, options.signal);
      this.#listing = undefined;
    }
    const partial = this.#permissions.partial('applications', plan.hidden);
    return {
      items: await this.#health.completeAll(items, options.signal),
      resourceVersion: plan.resourceVersion,
      ...(more && { continue: token }),
      ...(partial && { partial }),
    };
  }

  /**
   * A right that was taken while the list was read makes it look as if everything were deleted.
   *
   * @throws ConnectionError `expired` when the token may see something else than at its start
   */
  async #assertSameRights(plan: ListPlan, signal?: AbortSignal): Promise<void> {
    const hidden = await this.#list.hidden(plan.projects, signal);
    if (hidden.join() !== plan.hidden.join()) {
      throw rightsChanged(this.#client.where);
    }
  }

  /** The stream, as long as list and stream together are all that happened. */
  #vouched() {
    this.#keeper.assertNotFailed();
    const { stream } = this.#keeper;
    const listed = this.#listed;
    const isProvenLate = stream?.openMillis !== undefined && !listed?.hasProof;
    if (
      !stream ||
      !listed ||
      isProvenLate ||
      Date.now() - listed.at > this.#times.relist
    ) {
      throw new ConnectionError(
        'expired',
        `Everything of ${this.#client.where} is listed again`,
      );
    }
    return { stream, listed };
  }

  #rightsOf({ projects, hidden }: ListPlan): PermissionWatch {
    return new PermissionWatch({
      permissions: this.#permissions,
      where: this.#client.where,
      projects: this.#projects ? projects : ['*', ...projects],
      hidden,
      times: this.#times,
    });
  }

  #endListing(): void {
    this.#listing?.stop.abort();
    this.#listing = undefined;
  }
}
