import { ResourceDefinition } from './resources';
import { StoredObject } from './StoredObject';

/** What a request must be like to be refused or hidden; what is left out matches all. */
export interface FaultMatch {
  /** get, list, watch, create, update, patch, delete or deletecollection. */
  verb?: string;
  group?: string;
  /** Plural name. */
  resource?: string;
  namespace?: string;
}

/** A request, as far as faults look at it. */
export interface FaultSubject {
  verb: string;
  resource: ResourceDefinition;
  namespace?: string;
}

/** An open watch, as far as faults reach it. */
export interface CuttableWatch {
  cutNow(): void;
  cutMidEvent(): void;
  write(text: string): void;
}

/**
 * Faults of the cluster that tests and demonstrations switch on.
 *
 * Only code of this process can reach them; no request can.
 */
export class Faults {
  /**
   * Connections are accepted, and nothing is ever answered. A watch in which something happens
   * meanwhile stays silent ever after, like a connection that is dead and that nobody closed.
   */
  silent = false;
  /** What stands before the cluster has lost it: every request gets its 404. */
  misdirected = false;
  /** Called before each page of a list is read, also before the first. */
  beforePage?: (page: {
    resource: ResourceDefinition;
    /** It is not the first one of its list. */
    continued: boolean;
  }) => void;
  readonly #forbidden = new Set<FaultMatch>();
  readonly #hidden = new Set<FaultMatch>();
  readonly #watches = new Set<CuttableWatch>();
  readonly #mangled = new Set<{
    match: Pick<FaultMatch, 'group' | 'resource'> & { name: string };
    change: (json: string) => string;
  }>();

  /**
   * Requests that match are answered with 403.
   *
   * @returns allows them again
   */
  forbid(match: FaultMatch): () => void {
    this.#forbidden.add(match);
    return () => {
      this.#forbidden.delete(match);
    };
  }

  /**
   * The matching kinds are answered with 404, as if they were not installed.
   *
   * @returns shows them again
   */
  hide(match: Pick<FaultMatch, 'group' | 'resource'>): () => void {
    this.#hidden.add(match);
    return () => {
      this.#hidden.delete(match);
    };
  }

  /** Takes every {@link hide} back. */
  showAll(): void {
    this.#hidden.clear();
  }

  /** Breaks every open watch off. */
  dropWatches(): void {
    for (const watch of [...this.#watches]) {
      watch.cutNow();
    }
  }

  /** Every open watch breaks off in the middle of the line of its next event. */
  cutWatchesMidEvent(): void {
    for (const watch of this.#watches) {
      watch.cutMidEvent();
    }
  }

  /** Writes a line of its own into every open watch, whatever it is. */
  writeToWatches(line: string): void {
    for (const watch of this.#watches) {
      watch.write(`${line}\n`);
    }
  }

  /** Watches that are open. */
  get openWatches(): number {
    return this.#watches.size;
  }

  /**
   * Objects of the kind with this name go out as the function makes them, in lists and watches.
   *
   * @param change - from and to JSON
   * @returns sends them as they are again
   */
  mangle(
    match: Pick<FaultMatch, 'group' | 'resource'> & { name: string },
    change: (json: string) => string,
  ): () => void {
    const entry = { match, change };
    this.#mangled.add(entry);
    return () => {
      this.#mangled.delete(entry);
    };
  }

  /** The JSON that is sent of an object. */
  jsonOf(stored: StoredObject, json: string): string {
    if (this.#mangled.size === 0) {
      return json;
    }
    let sent = json;
    for (const { match, change } of this.#mangled) {
      const subject = { verb: '', resource: stored.resource };
      if (
        match.name === stored.object.metadata.name &&
        matches({ group: match.group, resource: match.resource }, subject)
      ) {
        sent = change(sent);
      }
    }
    return sent;
  }

  isForbidden(subject: FaultSubject): boolean {
    return [...this.#forbidden].some(match => matches(match, subject));
  }

  isHidden(resource: ResourceDefinition): boolean {
    return [...this.#hidden].some(match =>
      matches(match, { verb: '', resource }),
    );
  }

  /** @returns takes the watch off the list */
  track(watch: CuttableWatch): () => void {
    this.#watches.add(watch);
    return () => {
      this.#watches.delete(watch);
    };
  }
}

function matches(match: FaultMatch, subject: FaultSubject): boolean {
  const { resource } = subject;
  return (
    (match.verb === undefined || match.verb === subject.verb) &&
    (match.group === undefined || match.group === resource.group) &&
    (match.resource === undefined || match.resource === resource.plural) &&
    (match.namespace === undefined || match.namespace === subject.namespace)
  );
}
