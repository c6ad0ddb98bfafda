import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCluster, RunningCluster } from '../../cluster';
import {
  Cluster,
  Controller,
  Forge,
  ForgePullRequest,
  KubernetesObject,
  ObjectKey,
  PushEvent,
} from '../../types';
import { createControllers } from '../createControllers';
import { Timing } from '../timing';

const FORGE_URL = 'http://forge.test';

/** Fast enough for tests; the proportions are those of the defaults. */
const TEST_TIMING: Partial<Timing> = {
  debounceMs: 10,
  pollMs: 60_000,
  intervalMs: 60_000,
  podReadyMs: [40, 80],
  progressDeadlineMs: 600,
  syncMs: 20,
  selfHealMs: 50,
  healthTimeoutMs: 1_500,
  retryMs: 300,
  heartbeatMs: 50,
  guardrailMs: 300,
  previewMs: 100,
  rolloutMinuteMs: 100,
};

/** The real cluster store, real Git repositories and real controllers, for one test. */
export class TestBed {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'controllers-test-'));
  readonly log: string[] = [];
  readonly #running: RunningCluster;
  readonly #listeners = new Set<(event: PushEvent) => void>();
  #controllers: Controller[] = [];
  #defaultServiceAccount?: string;

  private constructor() {
    this.#running = createCluster({
      port: 0,
      directory: path.join(this.directory, 'cluster'),
      token: 'test',
    });
  }

  static async start(
    timing: Partial<Timing> = {},
    options: { defaultServiceAccount?: string } = {},
  ): Promise<TestBed> {
    const bed = new TestBed();
    bed.#defaultServiceAccount = options.defaultServiceAccount;
    await bed.#running.start();
    bed.startControllers(timing);
    return bed;
  }

  get cluster(): Cluster {
    return this.#running.cluster;
  }

  get forge(): Forge {
    return {
      url: FORGE_URL,
      gitDirectory: url => {
        const name = url.replace(`${FORGE_URL}/`, '').replace(/\.git$/, '');
        return this.#repositories.get(name);
      },
      openPulls: url =>
        this.#repositories.has(url.replace(`${FORGE_URL}/`, ''))
          ? this.#pulls.get(url.replace(`${FORGE_URL}/`, '')) ?? []
          : undefined,
      onPush: listener => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  readonly #repositories = new Map<string, string>();
  readonly #pulls = new Map<string, ForgePullRequest[]>();

  /** Makes these the open pull requests of `owner/name`. */
  setPulls(
    repository: string,
    pulls: Array<
      Pick<ForgePullRequest, 'number' | 'headSha'> & Partial<ForgePullRequest>
    >,
  ): void {
    const defaults = {
      title: 'A change',
      author: 'ada',
      branch: 'change',
      targetBranch: 'main',
      labels: ['preview'],
    };
    this.#pulls.set(
      repository,
      pulls.map(pull => ({ ...defaults, ...pull })),
    );
  }

  startControllers(timing: Partial<Timing> = {}): void {
    this.#controllers = createControllers({
      cluster: this.cluster,
      forge: this.forge,
      directory: this.directory,
      timing: { ...TEST_TIMING, ...timing },
      defaultServiceAccount: this.#defaultServiceAccount,
      log: line => this.log.push(line),
    });
    for (const controller of this.#controllers) {
      controller.start();
    }
  }

  async stopControllers(): Promise<void> {
    await Promise.all(this.#controllers.map(controller => controller.stop()));
    this.#controllers = [];
  }

  async stop(): Promise<void> {
    await this.stopControllers();
    await this.#running.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The log of a pod, as `kubectl logs` reads it from the API. */
  async readLog(pod: ObjectKey): Promise<string> {
    const route = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log`;
    const response = await fetch(`${this.#running.url}${route}`, {
      headers: { authorization: 'Bearer test' },
    });
    return response.text();
  }

  url(repository: string): string {
    return `${FORGE_URL}/${repository}.git`;
  }

  /**
   * Commits to main of `owner/name`, which is made on first use, and pushes. `undefined`
   * removes a file. Returns the commit.
   */
  commit(
    repository: string,
    files: Record<string, string | undefined>,
  ): string {
    const bare = path.join(this.directory, 'git', `${repository}.git`);
    const work = path.join(this.directory, 'work', repository);
    const isNew = !this.#repositories.has(repository);
    const git = (...args: string[]) =>
      execFileSync(
        'git',
        ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args],
        { cwd: work, encoding: 'utf8', stdio: 'pipe' },
      ).trim();
    if (isNew) {
      mkdirSync(bare, { recursive: true });
      mkdirSync(work, { recursive: true });
      execFileSync('git', ['init', '-q', '--bare', '-b', 'main', bare]);
      git('init', '-q', '-b', 'main');
      git('remote', 'add', 'origin', bare);
    }
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(work, name);
      if (content === undefined) {
        rmSync(file);
      } else {
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
    }
    git('add', '-A');
    git('commit', '-q', '-m', 'Change');
    git('push', '-q', 'origin', 'main');
    const after = git('rev-parse', 'HEAD');
    this.#repositories.set(repository, bare);
    const [owner, name] = repository.split('/');
    for (const listener of this.#listeners) {
      listener({
        owner,
        repository: name,
        branch: 'main',
        before: '',
        after,
      });
    }
    return after;
  }

  /** Resolves when the object is there and meets the condition; explains itself if not. */
  async eventually(
    key: ObjectKey,
    meets: (object: KubernetesObject) => boolean,
    timeoutMs = 20_000,
  ): Promise<KubernetesObject> {
    return new Promise((resolve, reject) => {
      let stop = () => {};
      let last: KubernetesObject | undefined;
      const timer = setTimeout(() => {
        stop();
        reject(
          new Error(
            `${key.kind} ${key.name} never met ${meets}; it is ${JSON.stringify(
              last,
              null,
              1,
            )}\n${this.log.join('\n')}`,
          ),
        );
      }, timeoutMs);
      let isDone = false;
      stop = this.cluster.watch(key, ({ type, object }) => {
        const { namespace, name } = object.metadata;
        if (isDone || name !== key.name || namespace !== key.namespace) {
          return;
        }
        last = type === 'DELETED' ? undefined : object;
        if (last && meets(last)) {
          isDone = true;
          clearTimeout(timer);
          setImmediate(() => stop());
          resolve(last);
        }
      });
    });
  }

  /** Resolves when the object is not there (any more). */
  async eventuallyGone(key: ObjectKey, timeoutMs = 20_000): Promise<void> {
    const until = Date.now() + timeoutMs;
    while (this.cluster.get(key)) {
      if (Date.now() > until) {
        throw new Error(
          `${key.kind} ${key.name} never went\n${this.log.join('\n')}`,
        );
      }
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }
}
