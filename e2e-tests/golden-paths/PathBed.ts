import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ArgocdObserver } from '@fairway/plugin-gitops-backend-module-argocd/src/ArgocdObserver';
import { FluxObserver } from '@fairway/plugin-gitops-backend-module-flux/src/FluxObserver';
import type { Observation } from '@fairway/plugin-gitops-node';
import { rootObjects } from 'playground/src/cli/rootObjects';
import { createCluster } from 'playground/src/cluster';
import { createControllers } from 'playground/src/controllers';
import {
  startTestForge,
  type TestForge,
} from 'playground/src/forge/startTestForge';
import type {
  Cluster,
  Controller,
  KubernetesObject,
  ObjectKey,
} from 'playground/src/types';
import { eventually } from '../watching/harness/eventually';

const AUTHOR = { name: 'Ada Lovelace', email: 'ada@playground.example' };
const TIMING = {
  debounceMs: 10,
  pollMs: 500,
  podReadyMs: [40, 80] as [number, number],
  syncMs: 20,
  selfHealMs: 50,
  retryMs: 300,
  previewMs: 100,
};

type Files = Record<string, string | undefined>;

/**
 * The playground as `npm start` has it, without its sample world: a forge with a platform
 * repository that root objects of both engines read, and a cluster with every controller.
 */
export class PathBed {
  readonly #observers = [new ArgocdObserver(), new FluxObserver()];
  readonly #controllers: Controller[];
  readonly #stop: () => Promise<void>;
  readonly forge: TestForge;
  readonly cluster: Cluster;

  private constructor(options: {
    forge: TestForge;
    cluster: Cluster;
    controllers: Controller[];
    stop: () => Promise<void>;
  }) {
    this.forge = options.forge;
    this.cluster = options.cluster;
    this.#controllers = options.controllers;
    this.#stop = options.stop;
  }

  static async start(): Promise<PathBed> {
    const directory = mkdtempSync(path.join(tmpdir(), 'golden-path-'));
    const forge = await startTestForge();
    const running = createCluster({
      port: 0,
      directory: path.join(directory, 'cluster'),
      token: 'test',
    });
    await running.start();
    const { cluster } = running;
    const controllers = createControllers({
      ...{ cluster, directory, timing: TIMING, log: () => {} },
      forge: forge.forge,
      defaultServiceAccount: 'default',
    });
    const bed = new PathBed({
      ...{ forge, cluster, controllers },
      stop: async () => {
        await Promise.all(controllers.map(controller => controller.stop()));
        await running.stop();
        await forge.stop();
        rmSync(directory, { recursive: true, force: true });
      },
    });
    // Both folders have to be there for the roots to read.
    await bed.commit('platform/gitops', {
      'argocd/README.md': 'Argo CD\n',
      'flux/README.md': 'Flux\n',
    });
    bed.#controllers.forEach(controller => controller.start());
    for (const object of rootObjects(forge.url)) {
      cluster.apply(object, 'test');
    }
    return bed;
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  url(repository: string): string {
    return `${this.forge.url}/${repository}.git`;
  }

  /** Commits files to a branch of `owner/name`, which is made on first use. */
  async commit(
    repository: string,
    files: Files,
    options: { branch?: string; from?: string } = {},
  ): Promise<string> {
    const [owner, name] = repository.split('/');
    if (!this.forge.forge.hasRepository(owner, name)) {
      await this.forge.forge.createOrganisation(owner);
      await this.forge.forge.createRepository({ owner, name });
    }
    return this.forge.forge.commit({
      ...{ owner, repository: name, author: AUTHOR, message: 'Change' },
      branch: options.branch ?? 'main',
      from: options.from,
      files: Object.entries(files).map(([file, content]) => ({
        path: file,
        content,
      })),
    });
  }

  /** A call of the forge's API that must succeed. */
  async call(route: string, body?: object, method?: string): Promise<any> {
    const answer = await this.forge.api(route, body, method);
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${route}: ${answer.status} ${text}`);
    }
    return text ? JSON.parse(text) : undefined;
  }

  /** The object, once it is there and meets the condition. */
  async found(
    key: ObjectKey,
    meets: (object: KubernetesObject) => unknown = () => true,
  ): Promise<KubernetesObject> {
    return eventually(() => {
      const found = this.cluster.get(key);
      assert.ok(
        found && meets(found),
        `${key.kind} ${key.name}: ${meets}\n${JSON.stringify(
          found?.status?.conditions ?? found,
        )}`,
      );
      return found!;
    });
  }

  gone(key: ObjectKey): Promise<void> {
    return eventually(() =>
      assert.equal(this.cluster.get(key), undefined, `${key.name} is there`),
    );
  }

  /** What Fairway sees in an object. */
  observe(object: KubernetesObject): Observation {
    const [observation] = this.#observers.flatMap(observer =>
      observer.observe(object as never, { cluster: 'playground' } as never),
    );
    return observation;
  }
}
