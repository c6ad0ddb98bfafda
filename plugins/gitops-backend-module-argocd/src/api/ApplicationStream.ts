import { toError } from '@backstage/errors';
import {
  ConnectionError,
  type KubernetesObject,
} from '@fairway/plugin-gitops-node';
import type { ArgocdClient } from './ArgocdClient';
import { EventBuffer } from './EventBuffer';
import { readChunks } from './readChunks';
import { readStreamMessages } from './readStreamMessages';
import { withKind } from './withKind';

interface StreamMessage {
  result?: { type?: string; application?: KubernetesObject };
  error?: { http_code?: unknown; message?: unknown };
}

const TYPES = ['ADDED', 'MODIFIED', 'DELETED'] as const;

/**
 * One stream of changes of applications, read as fast as it comes.
 *
 * @remarks
 * Argo CD has no history to go on from: a stream tells what happens while it is open, and nothing
 * else, whatever `resourceVersion` it was given. So it is opened before the list, and once it
 * breaks only a new list can tell what was missed. Its first bytes, an event or the keep-alive
 * that Argo CD sends every 15 seconds, prove that it is open.
 */
export class ApplicationStream {
  readonly buffer: EventBuffer;
  readonly #client: ArgocdClient;
  readonly #projects: string[] | undefined;
  readonly #silenceMillis: number;
  readonly #stop = new AbortController();
  readonly #proof: Promise<void>;
  #prove: () => void = () => {};
  #failure: Error | undefined;
  #openSince: number | undefined;

  constructor(options: {
    client: ArgocdClient;
    projects?: string[];
    /** Silence for longer means that the connection is dead. */
    silenceMillis: number;
    bufferCharacters?: number;
  }) {
    this.#client = options.client;
    this.#projects = options.projects;
    this.#silenceMillis = options.silenceMillis;
    this.buffer = new EventBuffer({
      maximumCharacters: options.bufferCharacters,
    });
    this.#proof = new Promise(resolve => {
      this.#prove = resolve;
    });
    void this.#run();
  }

  /** Why it has ended. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Milliseconds that it has been open; undefined until that is proven. */
  get openMillis(): number | undefined {
    return this.#openSince === undefined
      ? undefined
      : Date.now() - this.#openSince;
  }

  /** Until it is proven to be open, or has failed, or the time is over. */
  async opened(millis: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.#proof,
      new Promise(resolve => {
        timer = setTimeout(resolve, millis);
      }),
    ]);
    clearTimeout(timer);
  }

  close(): void {
    this.#fail(
      new ConnectionError('expired', 'The stream of changes was closed'),
    );
  }

  async #run(): Promise<void> {
    const { where } = this.#client;
    try {
      // The first bytes come with the first event or keep-alive; before them there is no answer.
      const silent = setTimeout(() => this.#silent(), this.#silenceMillis);
      const body = await this.#client
        .open(
          {
            path: ['stream', 'applications'],
            // With a version, whichever, Argo CD does not send all applications first.
            query: { resourceVersion: '0', projects: this.#projects },
            what: 'follow its applications',
            needs: 'p, <role>, applications, get, */*',
            signal: this.#stop.signal,
          },
          'text/event-stream',
        )
        .finally(() => clearTimeout(silent));
      this.#openSince = Date.now();
      this.#prove();
      this.buffer.wake();
      const chunks = readChunks(body, {
        silenceMillis: this.#silenceMillis,
        where,
      });
      for await (const text of readStreamMessages(chunks, where)) {
        if (this.#failure) {
          return;
        }
        if (text !== undefined) {
          this.#take(text);
        }
      }
      this.#fail(
        new ConnectionError(
          'expired',
          `${where} ended the stream of changes; everything is listed again`,
        ),
      );
    } catch (error) {
      this.#fail(
        this.#openSince === undefined ? toError(error) : broken(error),
      );
    }
  }

  #take(text: string): void {
    const message = JSON.parse(text) as StreamMessage;
    if (message.error) {
      throw this.#client.errorInStream(message.error);
    }
    const type = TYPES.find(known => known === message.result?.type);
    const application = message.result?.application;
    if (!type || !application?.metadata?.name) {
      return;
    }
    const { name, namespace, resourceVersion } = application.metadata;
    const spec = application.spec as { project?: unknown } | undefined;
    this.buffer.put(
      {
        type,
        name,
        namespace,
        version: resourceVersion,
        project: typeof spec?.project === 'string' ? spec.project : undefined,
        object: withKind(application, 'Application'),
      },
      text.length,
    );
  }

  #silent(): void {
    this.#fail(
      new ConnectionError(
        'unreachable',
        `${
          this.#client.where
        } does not answer to a request for its changes; see that no proxy between holds streams back`,
      ),
    );
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#stop.abort();
    this.#prove();
    this.buffer.wake();
  }
}

/** A stream that was open and is not: a list tells whether Argo CD can still be reached. */
function broken(error: unknown): Error {
  return (error as { reason?: unknown }).reason === 'forbidden'
    ? toError(error)
    : new ConnectionError('expired', toError(error).message, error);
}
