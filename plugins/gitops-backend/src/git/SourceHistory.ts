import { NotFoundError } from '@backstage/errors';
import type {
  ApplicationSource,
  AttributionMethod,
  Deployment,
  DeploymentCommit,
} from '@fairway/plugin-gitops-common';
import type { DeploymentOrigin } from '../store';
import {
  CodeHistory,
  codeRoot,
  configurationRoot,
  type CodeLocation,
} from './CodeHistory';
import { commitRecords } from './commitRecords';
import type { GitHistory } from './GitHistory';
import type { GitRepository } from './GitRepository';
import { resolvePath } from './GitTree';
import { HydratedBranch } from './HydratedBranch';
import { readInputs, type RenderedInputs } from './inputs/readInputs';
import type { GitCommit } from './parseLog';

/**
 * Where the code of a component is, when that is not where its manifests are; from the catalog, for
 * example. `path` is a folder, empty for the whole repository.
 */
export type CodeLocator = (
  entityRef: string,
) => Promise<{ repoUrl: string; path: string } | undefined>;

/** The Git source of an application: where its manifests are, and where its code is. */
export interface GitSource {
  repoUrl: string;
  path: string;
  /** Where the engine renders it to: revisions are of there. */
  hydrated?: GitSource;
}

/**
 * The Git source that people write to; `undefined` for charts and other artifacts.
 */
export function gitSourceOf(origin: DeploymentOrigin): GitSource | undefined {
  const { dry, ...rendered } = origin;
  const written = dry && plainSourceOf(dry);
  return written
    ? { ...written, hydrated: plainSourceOf(rendered) }
    : plainSourceOf(rendered);
}

function plainSourceOf(source: ApplicationSource): GitSource | undefined {
  const { repoUrl, path, chart } = source;
  if (!repoUrl || path === undefined || chart || repoUrl.startsWith('oci:')) {
    return undefined;
  }
  return { repoUrl, path: resolvePath('', path) ?? '' };
}

/** What was deployed: a commit, or something that was built or rendered from one. */
export type Deployed = Pick<Deployment, 'revision' | 'originRevision'> &
  Partial<Pick<Deployment, 'source'>>;

/** Finds the full id of a commit. */
type Resolver = (
  repository: GitRepository,
  name: string,
) => Promise<string | undefined>;

/** The repositories of one application, opened. */
export class SourceHistory {
  readonly repository: GitRepository;
  readonly source: GitSource;
  readonly #history: GitHistory;
  readonly #hydrated?: HydratedBranch;
  readonly #entityRef?: string;
  readonly #environment?: string;
  readonly #locateCode?: CodeLocator;
  #code?: Promise<CodeHistory[]>;

  constructor(options: {
    history: GitHistory;
    source: GitSource;
    entityRef?: string;
    environment?: string;
    locateCode?: CodeLocator;
  }) {
    this.#history = options.history;
    this.source = options.source;
    this.repository = options.history.open(options.source.repoUrl);
    this.#hydrated = this.#openHydrated();
    this.#entityRef = options.entityRef;
    this.#environment = options.environment;
    this.#locateCode = options.locateCode;
  }

  /** Where images may have been built from, likeliest first. */
  code(): Promise<CodeHistory[]> {
    this.#code ??= this.#openCode();
    return this.#code;
  }

  /** What the application's path renders from at a commit, given by its full id. */
  inputs(commit: string): Promise<RenderedInputs | undefined> {
    return readInputs(this.repository.tree(commit), {
      path: this.source.path,
      environment: this.#environment,
    });
  }

  /** The full id of the commit that people made of what was deployed, by what is here already. */
  resolveKnown(deployed: Deployed): Promise<string | undefined> {
    return this.#commitOf(deployed, (repository, name) =>
      repository.resolveKnown(name),
    );
  }

  /**
   * The full id of the commit that people made of what was deployed; `undefined` when the
   * repository does not have it any more.
   */
  resolve(deployed: Deployed): Promise<string | undefined> {
    return this.#commitOf(deployed, resolveIn);
  }

  /** Commits of the configuration in the form in which deployments keep them. */
  records(
    commits: readonly GitCommit[],
    code?: CodeHistory,
  ): DeploymentCommit[] {
    return commitRecords(commits, {
      access: this.#history.access,
      repository: code?.location.repository ?? this.repository,
      repoUrl: code?.location.repoUrl ?? this.source.repoUrl,
    });
  }

  async #commitOf(
    { revision, originRevision, source }: Deployed,
    resolve: Resolver,
  ): Promise<string | undefined> {
    // What was read from Git was read where people write.
    if (!this.source.hydrated || source === 'git') {
      return resolve(this.repository, originRevision ?? revision);
    }
    const branch = this.#hydrated;
    const commit = branch && (await resolve(branch.repository, revision));
    const origin =
      (commit && (await branch.originOf(commit))) ?? originRevision;
    return origin ? resolve(this.repository, origin) : undefined;
  }

  #openHydrated(): HydratedBranch | undefined {
    const { hydrated } = this.source;
    const repository = hydrated && this.#open(hydrated.repoUrl);
    return repository && new HydratedBranch({ ...hydrated, repository });
  }

  async #openCode(): Promise<CodeHistory[]> {
    const locations: CodeLocation[] = [];
    const located = this.#entityRef
      ? await this.#locateCode?.(this.#entityRef)
      : undefined;
    if (located && located.repoUrl !== this.source.repoUrl) {
      const other = this.#open(located.repoUrl);
      if (other && other !== this.repository) {
        locations.push({ repository: other, ...located });
      }
    }
    const configurationPath = configurationRoot(this.source.path);
    locations.push({
      repository: this.repository,
      repoUrl: this.source.repoUrl,
      path: codeRoot(this.source.path),
      ...(configurationPath && { configurationPath }),
    });
    return locations.map(one => new CodeHistory(one, this.#entityRef));
  }

  /** Another repository that may not be read costs the commits, not the deployment. */
  #open(repoUrl: string): GitRepository | undefined {
    try {
      return this.#history.open(repoUrl);
    } catch {
      return undefined;
    }
  }
}

async function resolveIn(
  repository: GitRepository,
  revision: string,
): Promise<string | undefined> {
  try {
    return await repository.resolve(revision);
  } catch (error) {
    if (error instanceof NotFoundError) {
      return undefined;
    }
    throw error;
  }
}

/** Commits with the way they were found. */
export interface FoundCommits {
  commits: DeploymentCommit[];
  raw: readonly GitCommit[];
  attribution: AttributionMethod;
}
