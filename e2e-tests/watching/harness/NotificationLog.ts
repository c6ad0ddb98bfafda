import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Sent {
  title: string;
  scope: string;
}

/** In the place of the notifications plugin: remembers what backends send, and outlives them. */
export class NotificationLog {
  readonly #sent: Sent[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      await this.#take(request);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('[]');
    });
  }

  static async start(): Promise<NotificationLog> {
    const log = new NotificationLog();
    log.#server.listen(0, '127.0.0.1');
    await once(log.#server, 'listening');
    return log;
  }

  /** Address of the plugin's API. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/api/notifications`;
  }

  /** Titles of what was sent about an application, in order. */
  about(application: { id: string }): string[] {
    return this.#sent
      .filter(({ scope }) => scope === `gitops:${application.id}`)
      .map(({ title }) => title);
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage): Promise<void> {
    const { payload } = (await json(request)) as { payload: Sent };
    this.#sent.push(payload);
  }
}
