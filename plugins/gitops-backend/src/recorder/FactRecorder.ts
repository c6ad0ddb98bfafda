import type { Application, Fact } from '@fairway/plugin-gitops-common';
import type { FactObservation } from '@fairway/plugin-gitops-node';
import {
  failureId,
  objectId,
  type ObservedOrigin,
  type RecorderStore,
} from '../store';
import { environmentOf } from './buildApplication';
import { fingerprintOf } from './fingerprint';
import type { RecorderOptions } from './Recorder';

/** Records facts, and the failures that they mean for the deployment in progress. */
export class FactRecorder {
  readonly #options: RecorderOptions;
  readonly #store: RecorderStore;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  /** Stores the fact unless it is stored as it is. */
  async record(
    observation: FactObservation,
    origin: ObservedOrigin,
  ): Promise<{ id: string; changed: boolean }> {
    const id = `${observation.kind}~${objectId(observation.ref)}`;
    const stored = await this.#store.getFact(id);
    const application = await this.#applicationOf(observation);
    const entityRef = this.#entityRef(observation, application, stored?.fact);
    if (
      stored?.fact.entityRef === entityRef &&
      stored &&
      fingerprintOf(stored.observation) === fingerprintOf(observation)
    ) {
      return { id, changed: false };
    }
    const { type, labels, targetNamespace, failure, ...observed } = observation;
    const now = this.#options.now?.() ?? new Date();
    await this.#store.putFact({
      fact: {
        ...observed,
        id,
        entityRef,
        environment:
          environmentOf(labels, this.#options.config).environment ??
          application?.environment,
        observedAt: now.toISOString(),
      },
      observation,
      origin,
    });
    this.#options.listener.factChanged({ entityRef });
    if (failure && application) {
      await this.#openFailure(application.id, failure, now);
    }
    return { id, changed: true };
  }

  /** Decides anew what belongs to which component. */
  async rejoin(): Promise<void> {
    for (const { observation, origin } of await this.#store.listStoredFacts()) {
      await this.record(observation, origin);
    }
  }

  #entityRef(
    observation: FactObservation,
    application?: Application,
    previous?: Fact,
  ): string | undefined {
    const { resolver } = this.#options;
    if (!resolver.ready) {
      return previous?.entityRef;
    }
    return resolver.resolve(observation)?.entityRef ?? application?.entityRef;
  }

  /** The application that deploys to the namespace that the fact is about. */
  async #applicationOf(
    observation: FactObservation,
  ): Promise<Application | undefined> {
    const namespace =
      observation.targetNamespace ??
      (observation.failure ? observation.ref.namespace : undefined);
    if (namespace === undefined) {
      return undefined;
    }
    const { items } = await this.#store.listApplications({
      cluster: [observation.ref.cluster],
      namespace,
    });
    const entityRef = this.#options.resolver.resolve(observation)?.entityRef;
    return (
      items.find(item => entityRef && item.entityRef === entityRef) ??
      (entityRef ? undefined : items[0])
    );
  }

  async #openFailure(
    applicationId: string,
    failure: NonNullable<FactObservation['failure']>,
    now: Date,
  ): Promise<void> {
    const [deployment] = await this.#store.latestDeployments(applicationId, 1);
    const id = deployment && failureId(deployment.id, failure.signal);
    if (!id || deployment.failures.some(known => known.id === id)) {
      return;
    }
    const opened = {
      id,
      deploymentId: deployment.id,
      applicationId,
      ...failure,
      startedAt: now.toISOString(),
    };
    await this.#store.putFailure(opened);
    this.#options.listener.failureOpened(opened);
  }
}
