import { ArgocdScript } from './ArgocdScript';
import type { ClusterScript } from './ClusterScript';
import { FactScript } from './FactScript';
import { FluxScript } from './FluxScript';
import type { TestCluster } from './TestCluster';

/** The application whose namespace has the rollout and the secrets; it is deployed once. */
const CANARY = 'canary';
const KUSTOMIZATIONS = ['orders', 'payments', 'web'];

/** How many Applications there are, and whose. */
export interface WorldSize {
  /** Ten by default. */
  applications?: number;
  /** The Applications belong to no component. */
  unregistered?: boolean;
}

/**
 * What a cluster has of each kind of thing that Fairway stores: Applications, Kustomizations with
 * their source, facts of two groups, and failures. All of it belongs to the component that has
 * the name of the cluster.
 */
export class World {
  readonly cluster: TestCluster;
  readonly argocd: ArgocdScript;
  readonly flux: FluxScript;
  readonly facts: FactScript;
  #stirred = 0;

  constructor(cluster: TestCluster, options: WorldSize = {}) {
    this.cluster = cluster;
    const component = cluster.name;
    this.argocd = new ArgocdScript(cluster, {
      component: options.unregistered ? undefined : component,
    });
    for (let index = 0; index < (options.applications ?? 10); index += 1) {
      this.argocd.create(`app-${index}`);
    }
    this.flux = new FluxScript(cluster, { component });
    [CANARY, ...KUSTOMIZATIONS].forEach(name => this.flux.create(name));
    this.facts = new FactScript(cluster, {
      component,
      owner: this.flux.application(CANARY),
      environment: 'staging',
    });
  }

  get component(): string {
    return this.cluster.name;
  }

  get scripts(): ClusterScript[] {
    return [this.argocd, this.flux, this.facts];
  }

  /**
   * Something happens to everything but the Applications: a commit that is applied, or cannot be;
   * a source that breaks; secrets and rollouts that get worse and better. Each round is another,
   * and what one spoils a later one mends.
   */
  stir(): void {
    const { flux, facts } = this;
    this.#stirred += 1;
    flux.push();
    flux.apply('orders');
    if (this.#stirred % 2 === 1) {
      flux.fail('payments');
      facts.abort();
      facts.lose('database');
    } else {
      flux.apply('payments');
      flux.breakSource();
      facts.promote();
      facts.refresh('database');
    }
    facts.refresh('queue');
  }
}
