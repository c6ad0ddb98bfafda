import type { EventsService } from '@backstage/plugin-events-node';
import { Throttle } from './Throttle';

/** The first change is told at once, and what comes meanwhile at most so often. */
const EVENT_EVERY_MILLIS = 250;
/** Items of one event; more of them become more events, one after the other. */
const MAXIMUM_ITEMS = 200;

/**
 * Publishes events in batches, one at a time.
 *
 * @remarks
 * To publish costs a request to the events backend and a row of its database, whoever listens.
 * With an event for each change, the first sight of ten thousand applications, or two hundred
 * changes a second, would cost more than recording them.
 */
export class EventBatches {
  readonly #events: EventsService;
  readonly #onError: (error: unknown) => void;
  readonly #batches = new Map<string, Throttle<unknown>>();
  #sending: Promise<void> = Promise.resolve();

  constructor(options: {
    events: EventsService;
    onError(error: unknown): void;
  }) {
    this.#events = options.events;
    this.#onError = options.onError;
  }

  /** Publishes the item, with others of its topic as `{ items }`. */
  add(topic: string, item: unknown): void {
    let batch = this.#batches.get(topic);
    if (!batch) {
      batch = new Throttle({
        millis: EVENT_EVERY_MILLIS,
        send: items => this.#send(topic, items),
      });
      this.#batches.set(topic, batch);
    }
    batch.add(item);
  }

  /** Publishes what waits. */
  stop(): void {
    this.#batches.forEach(batch => batch.stop());
  }

  #send(topic: string, items: unknown[]): void {
    for (let start = 0; start < items.length; start += MAXIMUM_ITEMS) {
      const eventPayload = { items: items.slice(start, start + MAXIMUM_ITEMS) };
      this.#sending = this.#sending
        .then(() => this.#events.publish({ topic, eventPayload }))
        .catch(this.#onError);
    }
  }
}
