import { setTimeout as pause } from 'node:timers/promises';
import type { TestBackend } from './TestBackend';

const RETRY_MILLIS = 1_000;

/** What browsers hear, on a connection that is renewed until it stands. */
export class SignalListener {
  /** Signals so far. */
  heard = 0;
  readonly #url: string;
  #socket?: WebSocket;
  #stopped = false;

  constructor(backend: Pick<TestBackend, 'baseUrl'>) {
    this.#url = `${backend.baseUrl.replace('http', 'ws')}/api/signals`;
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.close();
  }

  /** The first WebSocket request after a start is lost: the plugin listens from then on. */
  async #connect(): Promise<void> {
    while (!this.#stopped && this.#socket?.readyState !== WebSocket.OPEN) {
      this.#socket?.close();
      const socket = new WebSocket(this.#url);
      this.#socket = socket;
      socket.onopen = () =>
        socket.send(JSON.stringify({ action: 'subscribe', channel: 'gitops' }));
      socket.onmessage = () => {
        this.heard += 1;
      };
      socket.onerror = () => undefined;
      await pause(RETRY_MILLIS);
    }
  }
}
