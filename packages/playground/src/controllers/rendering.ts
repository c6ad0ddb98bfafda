import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {
  checkOutAndBuild,
  Rendered,
  RenderError,
  RenderRequest,
} from './buildManifests';
import { sha256 } from './objects/digest';
import { renderInputs } from './renderInputs';

export { CHECKOUT, RenderError } from './buildManifests';
export type { Rendered, RenderRequest } from './buildManifests';

const REMEMBERED_RENDERS = 500;
const KEPT_FILES = 2_000;

/**
 * Turns a folder of a repository at a commit into Kubernetes objects, with the real `git`
 * and the real `kustomize`.
 *
 * A render depends on nothing but the folders that it reads and the request, so it is kept
 * by those: in memory, and under a folder for the next start. What fails is remembered in
 * memory only.
 */
export class Renderer {
  readonly #directory: string;
  readonly #concurrency: number;
  readonly #remembered = new Map<string, Promise<Rendered>>();
  /** What each render depends on, so that asking again costs no process. */
  readonly #inputs = new Map<string, string>();
  readonly #queue: Array<() => void> = [];
  #active = 0;

  constructor(options: { directory: string; concurrency?: number }) {
    this.#directory = options.directory;
    this.#concurrency = options.concurrency ?? 2;
  }

  /** @throws RenderError - when the folder is missing or does not render. */
  async render(
    request: RenderRequest,
    options: { fresh?: boolean } = {},
  ): Promise<Rendered> {
    const id = await this.#idOf(request);
    if (options.fresh) {
      this.#remembered.delete(id);
      await rm(this.#fileOf(id), { force: true });
    }
    const rendered =
      this.#remembered.get(id) ?? this.#renderOrRead(id, request);
    // Moved to the end: the first of the map is the one not asked for the longest.
    this.#remembered.delete(id);
    this.#remembered.set(id, rendered);
    if (this.#remembered.size > REMEMBERED_RENDERS) {
      this.#remembered.delete(this.#remembered.keys().next().value!);
    }
    try {
      return structuredClone(await rendered);
    } catch (error) {
      if (!(error instanceof RenderError)) {
        this.#remembered.delete(id);
      }
      throw error;
    }
  }

  #fileOf(id: string): string {
    return path.join(this.#directory, `${id}.json`);
  }

  async #renderOrRead(id: string, request: RenderRequest): Promise<Rendered> {
    const file = this.#fileOf(id);
    const kept = await readFile(file, 'utf8').catch(() => undefined);
    if (kept) {
      return JSON.parse(kept) as Rendered;
    }
    const rendered = await this.#limited(() => checkOutAndBuild(request));
    await mkdir(this.#directory, { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify(rendered));
    await rename(`${file}.new`, file);
    await this.#forgetFiles();
    return rendered;
  }

  /** Everything in the folder can be made again, so a full one is simply emptied by half. */
  async #forgetFiles(): Promise<void> {
    const files = await readdir(this.#directory);
    const names = files.filter(name => name.endsWith('.json'));
    if (names.length > KEPT_FILES) {
      for (const name of names.slice(KEPT_FILES / 2)) {
        await rm(path.join(this.#directory, name), { force: true });
      }
    }
  }

  async #idOf(request: RenderRequest): Promise<string> {
    const { gitDirectory, revision, ...rest } = request;
    const place = `${gitDirectory} ${revision} ${request.path}`;
    const inputs = this.#inputs.get(place) ?? (await renderInputs(request));
    if (this.#inputs.size > REMEMBERED_RENDERS) {
      this.#inputs.clear();
    }
    this.#inputs.set(place, inputs);
    return sha256(JSON.stringify({ inputs, ...rest }));
  }

  async #limited<T>(task: () => Promise<T>): Promise<T> {
    if (this.#active >= this.#concurrency) {
      await new Promise<void>(resolve => this.#queue.push(resolve));
    } else {
      this.#active += 1;
    }
    try {
      return await task();
    } finally {
      const next = this.#queue.shift();
      if (next) {
        next();
      } else {
        this.#active -= 1;
      }
    }
  }
}
