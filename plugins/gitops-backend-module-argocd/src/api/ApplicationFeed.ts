import { randomUUID } from 'node:crypto';
import {
  ConnectionError,
  type KubernetesObject,
  type ObjectEvent,
  type ObjectPage,
} from '@fairway/plugin-gitops-node';
import { ApplicationList, type ListPlan } from './ApplicationList';
import { ApplicationStream } from './ApplicationStream';
import type { ArgocdClient } from './ArgocdClient';
import type { ArgocdTimes } from './ArgocdTimes';
import { bookmark, objectOf, type GetApplication } from './eventObjects';
import type { ObjectHealth } from './ObjectHealth';
import type { Permissions } from './Permissions';
import { PermissionWatch, rightsChanged } from './PermissionWatch';
import { wait } from './wait';

/** A stream that broke sooner is not worth a list each time. */
const SHORT_STREAM_MILLIS = 60_000;

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
  readonly #bufferCharacters: number | undefined;
  #stream: ApplicationStream | undefined;
  #listing: Listing | undefined;
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
  #shortStreams = 0;
  #idleTimer: NodeJS.Timeout | undefined;

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
    this.#bufferCharacters = options.bufferCharacters;
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
    this.#busy();
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
      this.#rest(options.signal);
    }
  }

  async *watch(options: {
    resourceVersion: string;
    timeoutSeconds: number;
    signal?: AbortSignal;
  }): AsyncGenerator<ObjectEvent> {
    const { signal, timeoutSeconds } = options;
    const until = Date.now() + timeoutSeconds * 1000;
    this.#busy();
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
      this.#rest(signal);
    }
  }

  async #begin(limit: number, signal?: AbortSignal): Promise<Listing> {
    this.#endListing();
    this.#listed = undefined;
    await this.#restAfterShortStreams(signal);
    await this.#permissions.assertSignedIn(signal);
    const { plan, at, hasProof } = await this.#plan(limit, signal);
    if (plan.applications === 0 && plan.hidden.length > 0) {
      const { message } = this.#permissions.partial(
        'applications',
        plan.hidden,
      )!;
      throw new ConnectionError('forbidden', message);
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
    const stream = this.#openStream();
    const isOpen = () => stream.openMillis !== undefined;
    let hasProof = isOpen();
    let at = Date.now();
    let plan = await this.#list.plan(limit, signal);
    if (!hasProof) {
      // Few are soon listed twice; with many it is better to wait for the next sign of life.
      const { proof, proofOfMany } = this.#times;
      await stream.opened(plan.applications < MANY ? proof : proofOfMany);
      hasProof = isOpen();
      at = Date.now();
      plan = hasProof ? await this.#list.plan(limit, signal) : plan;
    }
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
          this.#stream?.buffer.forget(next.value);
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

  #openStream(): ApplicationStream {
    if (!this.#stream || this.#stream.failure) {
      this.#stream = new ApplicationStream({
        client: this.#client,
        projects: this.#projects,
        silenceMillis: this.#times.silence,
        bufferCharacters: this.#bufferCharacters,
      });
    }
    return this.#stream;
  }

  /** The stream, as long as list and stream together are all that happened. */
  #vouched() {
    const stream = this.#stream;
    const listed = this.#listed;
    if (stream?.failure) {
      const isShort = (stream.openMillis ?? 0) < SHORT_STREAM_MILLIS;
      this.#shortStreams = isShort ? this.#shortStreams + 1 : 0;
      this.#stream = undefined;
      throw stream.failure;
    }
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
    });
  }

  async #restAfterShortStreams(signal?: AbortSignal): Promise<void> {
    if (this.#shortStreams > 1) {
      const { initialRest, maximumRest } = this.#times;
      const millis = initialRest * 2 ** (this.#shortStreams - 2);
      await wait(Math.min(millis, maximumRest), signal);
    }
  }

  #endListing(): void {
    this.#listing?.stop.abort();
    this.#listing = undefined;
  }

  #busy(): void {
    clearTimeout(this.#idleTimer);
  }

  /**
   * Nobody may come back: another replica watches now, or this one stops. Who aborts a watch may
   * also go on with another one at once.
   */
  #rest(signal?: AbortSignal): void {
    clearTimeout(this.#idleTimer);
    const { idle, abandoned } = this.#times;
    this.#idleTimer = setTimeout(
      () => this.#close(),
      signal?.aborted ? abandoned : idle,
    ).unref();
  }

  #close(): void {
    this.#endListing();
    this.#stream?.close();
    this.#stream = undefined;
  }
}
