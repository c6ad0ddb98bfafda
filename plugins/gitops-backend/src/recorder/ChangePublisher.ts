import type { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  GITOPS_SIGNAL_CHANNEL,
  type Application,
  type Failure,
  type GitopsSignal,
} from '@fairway/plugin-gitops-common';
import { versionOf } from '../git/images';
import { EventBatches } from './EventBatches';
import { Throttle } from './Throttle';

const SIGNAL_EVERY_MILLIS = 150;
const SIGNAL_MAXIMUM_IDS = 100;

/** Names of a change, for those who look again. */
export interface ChangedThing {
  applicationId?: string;
  entityRef?: string;
}

/** Tells everybody who wants to know what the recorder wrote. */
export interface ChangeListener {
  applicationChanged(application: Application, previous?: Application): void;
  applicationRemoved(application: Application): void;
  /** A deployment was recorded, or what is known of it changed. */
  deploymentChanged(change: ChangedThing & { deploymentId: string }): void;
  failureOpened(failure: Failure): void;
  failureClosed(failure: Failure): void;
  factChanged(change: ChangedThing): void;
  clusterChanged(cluster: string): void;
  /**
   * An application became degraded, or healthy after that; told to its owner once. Rejects when
   * the owner could not be told.
   */
  healthAlert(application: Application, owner: string): void | Promise<void>;
}

function named(values: Array<string | undefined>): string[] | undefined {
  const unique = [...new Set(values)];
  const isComplete = !unique.includes(undefined);
  return isComplete && unique.length <= SIGNAL_MAXIMUM_IDS
    ? (unique as string[])
    : undefined;
}

/**
 * Publishes on the events service, signals browsers and notifies owners. None of them is needed
 * for recording, so that a failure of theirs is logged and ends there; an owner is told again.
 */
export class ChangePublisher implements ChangeListener {
  readonly #events: EventBatches;
  readonly #signals: SignalsService;
  readonly #notifications: NotificationService;
  readonly #logger: LoggerService;
  readonly #applications = this.#throttle('applications-changed');
  readonly #deployments = this.#throttle('deployments-changed');
  readonly #clusters = this.#throttle('clusters-changed');

  constructor(options: {
    events: EventsService;
    signals: SignalsService;
    notifications: NotificationService;
    logger: LoggerService;
  }) {
    this.#signals = options.signals;
    this.#notifications = options.notifications;
    this.#logger = options.logger;
    this.#events = new EventBatches({
      events: options.events,
      onError: error => this.#notSent('event', error),
    });
  }

  /** Sends what waits. */
  stop(): void {
    this.#applications.stop();
    this.#deployments.stop();
    this.#clusters.stop();
    this.#events.stop();
  }

  applicationChanged(application: Application, previous?: Application): void {
    const { id, entityRef, environment, sync, health } = application;
    this.#applications.add({ applicationId: id, entityRef });
    this.#events.add('gitops.application.changed', {
      applicationId: id,
      entityRef,
      environment,
      sync,
      health,
      previous: previous && { sync: previous.sync, health: previous.health },
    });
  }

  applicationRemoved({ id, entityRef, environment }: Application): void {
    this.#applications.add({ applicationId: id, entityRef });
    this.#events.add('gitops.application.changed', {
      applicationId: id,
      entityRef,
      environment,
      removed: true,
    });
  }

  deploymentChanged(change: ChangedThing & { deploymentId: string }): void {
    this.#deployments.add(change);
    this.#events.add('gitops.deployment.recorded', change);
  }

  /** Deployments of these applications were completed, or read from Git. */
  deploymentsCompleted(change: {
    applicationIds: string[];
    entityRefs: string[];
  }): void {
    for (const applicationId of change.applicationIds) {
      this.#deployments.add({
        applicationId,
        entityRef:
          change.entityRefs.length === 1 ? change.entityRefs[0] : undefined,
      });
    }
  }

  failureOpened(failure: Failure): void {
    this.#deployments.add({ applicationId: failure.applicationId });
    this.#events.add('gitops.failure.opened', failure);
  }

  failureClosed(failure: Failure): void {
    this.#deployments.add({ applicationId: failure.applicationId });
    this.#events.add('gitops.failure.closed', failure);
  }

  factChanged(change: ChangedThing): void {
    this.#applications.add(change);
  }

  /** A command was given, or stands otherwise than before. */
  commandChanged(change: ChangedThing): void {
    this.#applications.add(change);
  }

  clusterChanged(): void {
    this.#clusters.add({});
  }

  async healthAlert(application: Application, owner: string): Promise<void> {
    const { entityRef, environment, health, healthMessage } = application;
    if (!entityRef) {
      return;
    }
    const { namespace, name } = parseEntityRef(entityRef);
    const where = environment ? ` in ${environment}` : '';
    // In the middle of a rollout there are two, and naming the wrong one misleads.
    const running = versionOf(application.images, entityRef);
    const version = running ? `Version ${running}. ` : '';
    const isDegraded = health === 'degraded';
    await this.#notifications.send({
      recipients: { type: 'entity', entityRef: owner },
      payload: {
        title: isDegraded
          ? `${name} is degraded${where}`
          : `${name} is healthy again${where}`,
        description: isDegraded
          ? `${version}${healthMessage ?? ''}`.trim()
          : `${version}It recovered.`,
        link: `/catalog/${encodeURIComponent(
          namespace,
        )}/component/${encodeURIComponent(name)}/deployments`,
        severity: isDegraded ? 'high' : 'normal',
        topic: 'gitops',
        scope: `gitops:${application.id}`,
      },
    });
  }

  #throttle(type: GitopsSignal['type']): Throttle<ChangedThing> {
    return new Throttle({
      millis: SIGNAL_EVERY_MILLIS,
      send: changes => {
        const applicationIds = named(changes.map(item => item.applicationId));
        const entityRefs = named(changes.map(item => item.entityRef));
        this.#attempt('signal', () =>
          this.#signals.publish({
            channel: GITOPS_SIGNAL_CHANNEL,
            recipients: { type: 'broadcast' },
            message: {
              type,
              ...(applicationIds ? { applicationIds } : {}),
              ...(entityRefs ? { entityRefs } : {}),
            },
          }),
        );
      },
    });
  }

  #attempt(what: string, send: () => Promise<void>): void {
    Promise.resolve()
      .then(send)
      .catch(error => this.#notSent(what, error));
  }

  #notSent(what: string, error: unknown): void {
    this.#logger.debug(`A ${what} was not sent`, toError(error));
  }
}
