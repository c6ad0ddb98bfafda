import { ServerResponse } from 'node:http';
import { apiVersionOf, ResourceDefinition } from '../resources';

/** A reader that leaves more unread is cut off, as the real server does. */
const BACKLOG_LIMIT_BYTES = 64 * 1024 * 1024;

/** Writes the lines of one watch. */
export class WatchStream {
  readonly #response: ServerResponse;
  readonly #resource: ResourceDefinition;
  readonly #isSilent: () => boolean;
  #cutNext = false;
  #dead = false;

  /** @param isSilent - asked at each line; after the first that is held back none is sent */
  constructor(
    response: ServerResponse,
    resource: ResourceDefinition,
    isSilent: () => boolean,
  ) {
    this.#response = response;
    this.#resource = resource;
    this.#isSilent = isSilent;
  }

  send(type: string, json: string): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) {
      return;
    }
    this.#dead ||= this.#isSilent();
    if (this.#dead) {
      return;
    }
    const line = `{"type":"${type}","object":${json}}\n`;
    if (this.#cutNext) {
      response.write(line.slice(0, line.length / 2), () => response.destroy());
      return;
    }
    response.write(line);
    if (response.writableLength > BACKLOG_LIMIT_BYTES) {
      response.destroy();
    }
  }

  bookmark(version: number, annotations?: Record<string, string>): void {
    this.send(
      'BOOKMARK',
      JSON.stringify({
        kind: this.#resource.kind,
        apiVersion: apiVersionOf(this.#resource),
        metadata: {
          resourceVersion: String(version),
          creationTimestamp: null,
          ...(annotations && { annotations }),
        },
      }),
    );
  }

  /** The end that the server makes of it. */
  end(): void {
    this.#dead ||= this.#isSilent();
    if (!this.#dead) {
      this.#response.end();
    }
  }

  write(text: string): void {
    this.#response.write(text);
  }

  cutNow(): void {
    this.#response.destroy();
  }

  cutMidEvent(): void {
    this.#cutNext = true;
  }
}
