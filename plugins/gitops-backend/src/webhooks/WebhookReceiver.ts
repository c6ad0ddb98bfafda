import type { LoggerService } from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError } from '@backstage/errors';
import type { Application } from '@fairway/plugin-gitops-common';
import type { LookTarget } from './ObjectLooker';
import { readWebhook } from './readWebhook';
import type { WebhooksConfig } from './readWebhooksConfig';
import {
  CLOCK_SKEW_MILLIS,
  REPLAY_WINDOW_MILLIS,
  ReplayGuard,
} from './ReplayGuard';
import { repositoryKey, repositoryText } from './repositoryKey';
import { verifyWebhook } from './verifyWebhook';
import type {
  WebhookNews,
  WebhookRequest,
  WebhookSource,
} from './WebhookSource';

/** What an accepted webhook led to. */
export interface WebhookReceipt {
  /** False when the same body came before: nothing was done. */
  accepted: boolean;
  /** How many objects are looked at because of it. */
  objects: number;
}

/** Finds what a webhook is about among what is stored. */
export interface ObjectFinder {
  /** The clusters in which an object of that name is known. */
  clustersOf(object: { namespace?: string; name: string }): Promise<string[]>;
  /** Applications with the text somewhere in them, whatever the case. */
  applicationsMentioning(
    text: string,
  ): Promise<Array<Pick<Application, 'ref' | 'source' | 'sources'>>>;
}

/** What {@link WebhookReceiver} stands on. */
export interface WebhookReceiverOptions {
  config: WebhooksConfig;
  finder: ObjectFinder;
  look(targets: readonly LookTarget[]): number;
  /** Called after a push: commits may wait to be read. */
  onPush(): void;
  logger: LoggerService;
  now?: () => Date;
}

/**
 * Takes webhooks, and looks sooner at what they are about.
 *
 * @remarks
 * Nothing that a webhook says is stored: it only names objects, which are then read from their
 * cluster. So a webhook that is lost, late, forged by somebody who knows the secret, or sent
 * twice can make nothing wrong.
 */
export class WebhookReceiver {
  readonly #options: WebhookReceiverOptions;
  readonly #replays: ReplayGuard;

  constructor(options: WebhookReceiverOptions) {
    this.#options = options;
    this.#replays = new ReplayGuard({ now: () => this.#now().getTime() });
  }

  /**
   * The secret of a source that may send.
   *
   * @throws NotAllowedError when none is configured.
   */
  secretOf(source: WebhookSource): string {
    const secret = this.#options.config[source];
    if (secret === undefined) {
      throw new NotAllowedError(
        `Webhooks of ${source} are not accepted: set gitops.webhooks.${source}.secret, and give the sender the same secret`,
      );
    }
    return secret;
  }

  /**
   * Verifies, reads and acts.
   *
   * @throws NotAllowedError when no secret is configured for the source
   * @throws AuthenticationError when the sender does not know it
   * @throws InputError when the body makes no sense, is too old, or comes from the future
   */
  async receive(request: WebhookRequest): Promise<WebhookReceipt> {
    const { look, onPush, logger } = this.#options;
    verifyWebhook(request, this.secretOf(request.source));
    const news = readWebhook(request);
    this.#refuseUntimely(news);
    if (!this.#replays.isNew(request.source, request.body)) {
      return { accepted: false, objects: 0 };
    }
    const targets = await this.#targets(news).catch(error => {
      this.#replays.forget(request.source, request.body);
      throw error;
    });
    const objects = look(targets);
    if (news.repositoryUrls.length > 0) {
      onPush();
    }
    logger.debug(`A webhook of ${request.source}: ${objects} objects`);
    return { accepted: true, objects };
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #refuseUntimely({ sentAt }: WebhookNews): void {
    const age =
      sentAt === undefined ? 0 : this.#now().getTime() - Date.parse(sentAt);
    // Also when it is no time at all: then the age is not a number.
    if (!(age <= REPLAY_WINDOW_MILLIS && age >= -CLOCK_SKEW_MILLIS)) {
      throw new InputError(
        `The event of ${sentAt} is too old to act on, or from the future; see that the clocks of the sender and of the portal agree`,
      );
    }
  }

  async #targets(news: WebhookNews): Promise<LookTarget[]> {
    const targets: LookTarget[] = [];
    for (const { cluster, ...object } of news.objects) {
      for (const known of await this.#options.finder.clustersOf(object)) {
        if (cluster === undefined || cluster === known) {
          targets.push({ cluster: known, ...object });
        }
      }
    }
    for (const key of new Set(news.repositoryUrls.map(repositoryKey))) {
      targets.push(...(key ? await this.#usersOf(key) : []));
    }
    return targets;
  }

  /** The applications with a source in the repository, and the objects that fetch it for them. */
  async #usersOf(key: string): Promise<LookTarget[]> {
    const candidates = await this.#options.finder.applicationsMentioning(
      repositoryText(key),
    );
    return candidates
      .filter(({ source, sources }) =>
        [source, ...(sources ?? [])].some(
          ({ repoUrl }) => repoUrl && repositoryKey(repoUrl) === key,
        ),
      )
      .flatMap(({ ref, source }) => [...(source.ref ? [source.ref] : []), ref]);
  }
}
