import type {
  Application,
  Deployment,
  Failure,
} from '@fairway/plugin-gitops-common';
import {
  deploymentId,
  type ApplicationToBackfill,
  type BackfilledDeployment,
} from '../store';
import { carriedBy } from './attributeDeployment';
import {
  classifyChange,
  type ChangeKind,
  type PastDeployment,
} from './classifyChange';
import type { CodeHistory, ImageCommit } from './CodeHistory';
import { CommitGraph } from './CommitGraph';
import { versionOf } from './images';
import type { RenderedInputs } from './inputs/readInputs';
import type { GitCommit } from './parseLog';
import type { FoundCommits, SourceHistory } from './SourceHistory';

/** A state that the branch had, where what it renders differs from the state before. */
interface State {
  commit: GitCommit;
  inputs: RenderedInputs;
  /** Nothing was rendered from the path before. */
  first: boolean;
}

const MAX_STATES = 2_000;
/** How far back a rollback or a revert is looked for. */
const LOOK_BACK = 50;

/** The states that the path had on the branch, oldest first, each different from the one before. */
async function statesOf(
  history: SourceHistory,
  head: string,
  since: string,
): Promise<State[]> {
  const atHead = await history.inputs(head);
  if (!atHead) {
    return [];
  }
  const commits = (
    await history.repository.log({
      include: [head],
      paths: atHead.paths,
      firstParent: true,
      since,
      limit: MAX_STATES,
    })
  ).reverse();
  const [oldest] = commits;
  const [before] = oldest?.parents ?? [];
  const [start, ...inputs] = await Promise.all([
    before ? history.inputs(before) : undefined,
    ...commits.map(({ sha }) => history.inputs(sha)),
  ]);
  const states: State[] = [];
  let last = start;
  commits.forEach((commit, index) => {
    const now = inputs[index];
    if (now && now.fingerprint !== last?.fingerprint) {
      states.push({ commit, inputs: now, first: last === undefined });
    }
    last = now;
  });
  return states;
}

/** The commits of the configuration that each state adds to the one before. */
async function configurationOf(
  history: SourceHistory,
  states: readonly State[],
): Promise<(index: number) => GitCommit[]> {
  const head = states[states.length - 1].commit.sha;
  const boundary = states[0].commit.parents;
  const graph = new CommitGraph(
    await history.repository.log({
      include: [head],
      exclude: boundary,
      paths: [],
      merges: true,
    }),
  );
  return index => {
    const { commit, inputs } = states[index];
    const carried =
      index === 0 ? boundary : [states[index - 1].commit.sha, ...boundary];
    return graph
      .range(commit.sha, carried)
      .filter(one => one.files.some(file => concerns(file, inputs.paths)));
  };
}

function concerns(file: string, paths: readonly string[]): boolean {
  return paths.some(
    path => path === '' || file === path || file.startsWith(`${path}/`),
  );
}

/** The commits of the code that the images of each state add, by one log per repository. */
async function codeOf(
  history: SourceHistory,
  states: readonly State[],
): Promise<Map<State, FoundCommits>> {
  const found = new Map<State, FoundCommits>();
  for (const code of await history.code()) {
    if (code.location.repository !== history.repository) {
      // Without that repository the configuration still tells what happened.
      await code.location.repository.update().catch(() => {});
    }
    const built = await Promise.all(
      states.map(state => code.commitOf(state.inputs.images)),
    );
    await addRanges({ history, code, states, built, found });
    if (found.size > 0) {
      break;
    }
  }
  return found;
}

async function addRanges(options: {
  history: SourceHistory;
  code: CodeHistory;
  states: readonly State[];
  built: ReadonlyArray<ImageCommit | undefined>;
  found: Map<State, FoundCommits>;
}): Promise<void> {
  const { history, code, states, built, found } = options;
  const tips = [...new Set(built.flatMap(one => (one ? [one.sha] : [])))];
  if (tips.length < 2) {
    return;
  }
  const range = await code.graph(tips.slice(1), [tips[0]]);
  const carried = [tips[0]];
  built.forEach((one, index) => {
    if (one && !carried.includes(one.sha)) {
      const raw = range(one.sha, carried);
      carried.push(one.sha);
      if (raw.length > 0) {
        found.set(states[index], {
          raw,
          commits: history.records(raw, code),
          attribution: one.method,
        });
      }
    }
  });
}

function notCounted(
  application: Application,
  first: boolean,
): Pick<Deployment, 'counted' | 'notCountedReason'> {
  if (application.pullRequest || application.tier === 'preview') {
    return { counted: false, notCountedReason: 'preview' };
  }
  if (application.tier !== 'production') {
    return { counted: false, notCountedReason: 'not-production' };
  }
  return first
    ? { counted: false, notCountedReason: 'adoption' }
    : { counted: true };
}

function failureOf(
  { signal, reason }: ChangeKind['undone'][number],
  failed: BackfilledDeployment,
  repairedAt: string,
): BackfilledDeployment['failures'][number] {
  const starts = failed.failures.map((one: Pick<Failure, 'startedAt'>) =>
    String(one.startedAt),
  );
  return {
    signal,
    reason,
    startedAt: [failed.finishedAt, ...starts].sort()[starts.length ? 1 : 0],
    endedAt: repairedAt,
  };
}

class Backfill {
  readonly #application: Application;
  readonly #history: SourceHistory;
  readonly #past: PastDeployment[] = [];
  readonly #byId = new Map<string, BackfilledDeployment>();

  constructor(application: Application, history: SourceHistory) {
    this.#application = application;
    this.#history = history;
  }

  get deployments(): BackfilledDeployment[] {
    return [...this.#byId.values()];
  }

  /** What runs is the newest state: when it is unhealthy, that deployment needs intervention. */
  failIfDegraded() {
    const { health, healthMessage, healthSince } = this.#application;
    if (health === 'degraded') {
      this.deployments.at(-1)?.failures.push({
        signal: 'health',
        reason: healthMessage ?? 'The engine reports the application degraded',
        startedAt: healthSince,
      });
    }
  }

  /** Adds a state; they come oldest first. */
  add(
    { commit, inputs, first }: State,
    configuration: readonly GitCommit[],
    code?: FoundCommits,
  ) {
    const application = this.#application;
    const earlier = this.#past.slice(0, LOOK_BACK);
    const change = classifyChange({
      images: inputs.images,
      earlier,
      configuration: configuration.length > 0 ? configuration : [commit],
      code: code?.raw ?? [],
      wentBack: false,
    });
    const counting = notCounted(application, first);
    const author = configuration[0] ?? commit;
    const previous = earlier[0] && this.#byId.get(earlier[0].id);
    const deployment: BackfilledDeployment = {
      key: `git/${commit.sha}`,
      from: application.source,
      applicationId: application.id,
      applicationName: application.ref.name,
      entityRef: application.entityRef,
      environment: application.environment,
      tier: application.tier,
      engine: application.engine,
      cluster: application.ref.cluster,
      source: 'git',
      kind: change.kind,
      rework: change.rework,
      ...counting,
      revision: commit.sha,
      previousRevision: previous?.revision,
      images: inputs.images,
      version:
        versionOf(inputs.images, application.entityRef) ??
        commit.sha.slice(0, 7),
      previousVersion: previous?.version,
      finishedAt: commit.committedAt,
      outcome: 'succeeded',
      author: author.author,
      subject: author.subject,
      ...carriedBy({
        change,
        code,
        configuration,
        history: this.#history,
        deployment: counting,
      }),
      failures: [],
    };
    for (const undone of change.undone) {
      const failed = this.#byId.get(undone.deployment.id);
      failed?.failures.push(failureOf(undone, failed, commit.committedAt));
    }
    const id = deploymentId(application.id, deployment.key);
    this.#byId.set(id, deployment);
    this.#past.unshift({
      id,
      revision: commit.sha,
      images: inputs.images,
      succeeded: true,
      changed: true,
      commits: [...configuration, ...(code?.raw ?? [])].map(one => one.sha),
    });
  }
}

/** Where the history ends: at what was deployed first, else at what runs. */
async function headOf(
  { revision, originRevision }: Application,
  history: SourceHistory,
  first: Deployment | undefined,
): Promise<string | undefined> {
  if (first && (first.originRevision || first.revision !== revision)) {
    return history.resolve(first);
  }
  return revision && history.resolve({ revision, originRevision });
}

/**
 * The deployments that an application had before it was first seen, read from the history of its
 * overlay: every state of the branch up to the revision that runs whose manifests differ from the
 * state before, at the time it was committed. The first state of the path is its adoption.
 *
 * @remarks
 * When the first deployment that was observed counts by itself, the history ends before it; when it
 * is the adoption, which does not count, the history includes its revision. So nothing counts twice.
 *
 * @param since - ISO time; what was committed before is not read
 * @throws GitError when the repository cannot be read now.
 */
export async function backfillApplication(
  { application, firstDeployment }: ApplicationToBackfill,
  history: SourceHistory,
  since: string,
): Promise<BackfilledDeployment[]> {
  const head = await headOf(application, history, firstDeployment);
  if (!head) {
    return [];
  }
  const states = await statesOf(history, head, since);
  if (firstDeployment?.counted) {
    states.pop();
  }
  const end = firstDeployment?.finishedAt;
  const before = states.filter(state => !end || state.commit.committedAt < end);
  if (before.length === 0) {
    return [];
  }
  const [configuration, code] = await Promise.all([
    configurationOf(history, before),
    codeOf(history, before),
  ]);
  const backfill = new Backfill(application, history);
  before.forEach((state, index) =>
    backfill.add(state, configuration(index), code.get(state)),
  );
  if (!firstDeployment?.counted) {
    backfill.failIfDegraded();
  }
  return backfill.deployments;
}
