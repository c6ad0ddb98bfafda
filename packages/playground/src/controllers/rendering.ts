import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  checkOutAndBuild,
  Rendered,
  RenderError,
  RenderRequest,
} from './buildManifests';
import { git } from './git';
import { sha256 } from './objects/digest';

export { CHECKOUT, RenderError } from './buildManifests';
export type { Rendered, RenderRequest } from './buildManifests';

const REMEMBERED_RENDERS = 500;

/**
 * Turns a folder of a repository at a commit into Kubernetes objects, with the real `git`
 * and the real `kustomize`.
 *
 * A render depends on nothing but the tree of the repository and the request, so it is kept
 * by that: in memory, and under a folder for the next start. What fails is remembered in
 * memory only.
 */
export class Renderer {
  readonly #directory: string;
  readonly #concurrency: number;
  readonly #remembered = new Map<string, Promise<Rendered>>();
  /** The tree of each commit that was asked for, so that asking again costs no process. */
  readonly #trees = new Map<string, string>();
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
    return rendered;
  }

  /** The whole tree counts, not the folder alone: an overlay reaches out to its base. */
  async #idOf(request: RenderRequest): Promise<string> {
    const { gitDirectory, revision, ...rest } = request;
    const commit = `${gitDirectory} ${revision}`;
    const tree =
      this.#trees.get(commit) ??
      (await git(gitDirectory, ['rev-parse', `${revision}^{tree}`]));
    if (this.#trees.size > REMEMBERED_RENDERS) {
      this.#trees.clear();
    }
    this.#trees.set(commit, tree);
    return sha256(JSON.stringify({ tree, ...rest }));
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
