import type { Deployment, DeploymentCommit } from '../model';
import type { ParsedWindow } from './parseWindow';

/** A deployment that counts, with what every metric asks of it. */
export interface CountedDeployment {
  deployment: Deployment;
  /** Milliseconds since the epoch of the moment it was over. */
  at: number;
  failed: boolean;
}

/** A commit at the deployment that carried it first. */
export interface CarriedCommit {
  deploymentId: string;
  sha: string;
  /** When it was deployed, in milliseconds since the epoch. */
  at: number;
  /** From authored to deployed. */
  seconds: number;
}

/** What happened in one window, ascending by time. */
export interface LogSlice {
  window: ParsedWindow;
  counted: CountedDeployment[];
  commits: CarriedCommit[];
  /** Recorded in the window and not counted. */
  uncounted: Deployment[];
}

function hasFailed(deployment: Deployment): boolean {
  return deployment.outcome === 'failed' || deployment.failures.length > 0;
}

function commitKey(deployment: Deployment, commit: DeploymentCommit): string {
  return `${deployment.entityRef ?? deployment.applicationId}\n${commit.sha}`;
}

/**
 * Deployments in the order they happened, each once, with the commits that each carried first.
 *
 * @remarks
 * A commit is carried by the first deployment that counts, succeeded and lists it; later ones and
 * further production clusters carry it again without counting. Services are separate: a commit of
 * a monorepo that changes two services reaches production twice. So the pool of a team is exactly
 * its services put together.
 */
export class DeploymentLog {
  readonly #counted: CountedDeployment[] = [];
  readonly #uncounted: Array<{ deployment: Deployment; at: number }> = [];
  readonly #commits: CarriedCommit[] = [];

  constructor(deployments: readonly Deployment[]) {
    const unique = new Map(deployments.map(one => [one.id, one]));
    const ordered = [...unique.values()]
      .map(deployment => ({
        deployment,
        at: Date.parse(deployment.finishedAt),
      }))
      .sort(
        (a, b) => a.at - b.at || (a.deployment.id < b.deployment.id ? -1 : 1),
      );
    const carried = new Set<string>();
    for (const { deployment, at } of ordered) {
      if (!deployment.counted) {
        this.#uncounted.push({ deployment, at });
        continue;
      }
      this.#counted.push({ deployment, at, failed: hasFailed(deployment) });
      if (deployment.outcome === 'succeeded') {
        this.#carry(deployment, at, carried);
      }
    }
  }

  /** What happened in a window. */
  slice(window: ParsedWindow): LogSlice {
    const within = ({ at }: { at: number }) =>
      at >= window.from && at < window.to;
    return {
      window,
      counted: this.#counted.filter(within),
      commits: this.#commits.filter(within),
      uncounted: this.#uncounted.filter(within).map(one => one.deployment),
    };
  }

  #carry(deployment: Deployment, at: number, carried: Set<string>) {
    for (const commit of deployment.commits) {
      const key = commitKey(deployment, commit);
      if (!carried.has(key)) {
        carried.add(key);
        this.#commits.push({
          deploymentId: deployment.id,
          sha: commit.sha,
          at,
          seconds: (at - Date.parse(commit.authoredAt)) / 1000,
        });
      }
    }
  }
}
