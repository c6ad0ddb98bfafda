import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { KubernetesObject } from '../types';
import { LogKey, Logs } from './Logs';
import { ObjectStore } from './ObjectStore';
import { ResourceRegistry } from './resources';
import { StatusError } from './StatusError';

const FORMAT = 1;
/** Lines of each container that survive a restart. */
const LOG_TAIL_LINES = 200;
/**
 * Added to the version at a start. The last changes before a crash may not have been
 * saved: the versions that they had must not be given out again.
 */
const VERSION_JUMP = 10_000;

interface Snapshot {
  format: number;
  resourceVersion: number;
  objects: KubernetesObject[];
  logs: Array<{ key: LogKey; lines: Array<{ time: string; text: string }> }>;
}

/**
 * Keeps the cluster in `cluster.json`: all objects, the resourceVersion and the ends of
 * the logs. It is written some time after a change, to another file that then takes its
 * place, so that a crash leaves the old or the new state.
 */
export class SnapshotFile {
  readonly #path: string;
  readonly #store: ObjectStore;
  readonly #registry: ResourceRegistry;
  readonly #logs: Logs;
  readonly #delayMs: number;
  readonly #onError: (error: unknown) => void;
  #timer?: NodeJS.Timeout;
  #writing: Promise<void> = Promise.resolve();
  #unsubscribe?: () => void;

  constructor(options: {
    directory: string;
    store: ObjectStore;
    registry: ResourceRegistry;
    logs: Logs;
    delayMs: number;
    onError: (error: unknown) => void;
  }) {
    this.#path = join(options.directory, 'cluster.json');
    this.#store = options.store;
    this.#registry = options.registry;
    this.#logs = options.logs;
    this.#delayMs = options.delayMs;
    this.#onError = options.onError;
  }

  /**
   * Takes over the saved state, if there is one. Every resourceVersion of before is
   * answered with 410 from then on.
   *
   * @throws when the file cannot be read or is none of ours
   */
  async load(): Promise<void> {
    const snapshot = await this.#read();
    if (!snapshot) {
      return;
    }
    for (const object of snapshot.objects) {
      if (object.kind === 'CustomResourceDefinition') {
        this.#registry.addFromDefinition(object);
      }
    }
    const objects = snapshot.objects.flatMap(object => {
      try {
        return [{ resource: this.#registry.byKind(object), object }];
      } catch (error) {
        if (!(error instanceof StatusError)) {
          throw error;
        }
        // Of a kind that a later version of the playground no longer has.
        return [];
      }
    });
    this.#store.load(objects, snapshot.resourceVersion + VERSION_JUMP);
    for (const { key, lines } of snapshot.logs) {
      for (const { time, text } of lines) {
        this.#logs.append(key, { time: new Date(time), text });
      }
    }
  }

  /** Saves after each change, at most once per delay. */
  start(): void {
    this.#unsubscribe = this.#store.hub.subscribe(() => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.save().catch(this.#onError);
      }, this.#delayMs);
    });
  }

  /** Ends the saving with a last one. */
  async stop(): Promise<void> {
    this.#unsubscribe?.();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.save();
  }

  async save(): Promise<void> {
    const next = this.#writing.then(() => this.#write());
    this.#writing = next.catch(() => {});
    await next;
  }

  async #write(): Promise<void> {
    // Taken at one moment: what is stored never changes afterwards.
    const version = this.#store.version;
    const objects = [...this.#store.all()];
    const logs = [...this.#logs.tails(LOG_TAIL_LINES)];
    await mkdir(join(this.#path, '..'), { recursive: true });
    const temporary = `${this.#path}.tmp`;
    const file = await open(temporary, 'w');
    try {
      const head = `{"format":${FORMAT},"resourceVersion":${version},"objects":[`;
      let chunk = head;
      let separator = '\n';
      for (const { json } of objects) {
        chunk += separator + json;
        separator = ',\n';
        if (chunk.length > 1024 * 1024) {
          await file.write(chunk);
          chunk = '';
        }
      }
      await file.write(`${chunk}],\n"logs":${JSON.stringify(logs)}}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#path);
  }

  async #read(): Promise<Snapshot | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
    const snapshot = parse(text);
    if (snapshot?.format !== FORMAT) {
      throw new Error(
        `${
          this.#path
        } is no state of this playground's cluster; remove it, or reset the playground, to begin anew`,
      );
    }
    return snapshot;
  }
}

function parse(text: string): Snapshot | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
