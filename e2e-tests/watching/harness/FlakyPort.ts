import { once } from 'node:events';
import {
  connect,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';

/**
 * A port of its own before a cluster, which can be shut: then nothing answers there, as when the
 * machine is gone.
 */
export class FlakyPort {
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #server?: Server;
  #port = 0;

  /** @param target - URL that connections go on to */
  constructor(target: string) {
    this.#target = new URL(target);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Finds the port without opening it. */
  async reserve(): Promise<void> {
    await this.open();
    await this.shut();
  }

  async open(): Promise<void> {
    this.#server = createServer(socket => {
      const through = connect(Number(this.#target.port), this.#target.hostname);
      for (const [one, other] of [
        [socket, through],
        [through, socket],
      ]) {
        this.#sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Breaks every connection, and refuses new ones. */
  async shut(): Promise<void> {
    const closed = this.#server && once(this.#server, 'close');
    this.#server?.close();
    this.#sockets.forEach(socket => socket.destroy());
    await closed;
    this.#server = undefined;
  }
}
