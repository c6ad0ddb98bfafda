import { toError } from '@backstage/errors';
import type { Application } from '@fairway/plugin-gitops-common';
import type { AlertToSend } from '../store';
import type { RecorderOptions } from './Recorder';

const LOOK_EVERY_MILLIS = 60_000;
/** Longer than sending takes. */
const DUE_AGAIN_MILLIS = 60_000;
/** What nobody could be told for so long is no news. */
const FORGET_MILLIS = 60 * 60_000;

/**
 * Tells owners of the health of their applications.
 *
 * @remarks
 * An alert is recorded together with the health, and forgotten when it was sent. One whose process
 * ended in between, or that could not be sent, is sent by whoever looks next, for an hour: then an
 * owner may be told twice.
 */
export class HealthAlerts {
  readonly #options: RecorderOptions;
  #timer?: NodeJS.Timeout;
  #looking?: Promise<void>;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Looks after what was not sent, from now on. */
  start(): void {
    this.#timer ??= setInterval(() => {
      this.#looking ??= this.sendDue().finally(() => {
        this.#looking = undefined;
      });
    }, LOOK_EVERY_MILLIS);
    this.#timer.unref();
  }

  /** Resolves when nothing is looked after any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Sends one that was just recorded; never rejects. */
  async send(application: Application, alert: AlertToSend): Promise<void> {
    try {
      await this.#send(application, alert);
    } catch (error) {
      const { name } = application.ref;
      this.#options.logger.warn(
        `${alert.owner} could not be told that ${name} is ${application.health}; it is tried again for an hour. See that the notifications plugin runs`,
        toError(error),
      );
    }
  }

  /** Sends what is due and was not sent; never rejects. */
  async sendDue(): Promise<void> {
    const { store, logger } = this.#options;
    const now = this.#options.now?.() ?? new Date();
    const before = (millis: number) =>
      new Date(now.getTime() - millis).toISOString();
    try {
      for (const alert of await store.claimAlerts({
        dueBefore: before(DUE_AGAIN_MILLIS),
        recordedAfter: before(FORGET_MILLIS),
        now: now.toISOString(),
      })) {
        // The first attempt was said loudly; one that fails again must not hold up the others.
        await this.#sendNow(alert).catch(error =>
          logger.debug(`${alert.owner} could not be told`, toError(error)),
        );
      }
    } catch (error) {
      logger.warn(
        'Alerts that are due could not be read; they are looked for again soon',
        toError(error),
      );
    }
  }

  /** Sends one that was recorded a while ago, if it is still true or over. */
  async #sendNow(alert: AlertToSend): Promise<void> {
    const { store } = this.#options;
    const application = await store.getApplication(alert.applicationId);
    if (!application) {
      await store.alertSent(alert);
    } else if (['degraded', 'healthy'].includes(application.health)) {
      await this.#send(application, alert);
    }
  }

  async #send(application: Application, alert: AlertToSend): Promise<void> {
    const { listener, store } = this.#options;
    await listener.healthAlert(application, alert.owner);
    await store.alertSent(alert);
  }
}
