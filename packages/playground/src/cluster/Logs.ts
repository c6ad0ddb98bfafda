/** One line of a container's log. */
export interface LogLine {
  time: Date;
  text: string;
}

/** Names the log of one container. */
export interface LogKey {
  namespace: string;
  pod: string;
  container: string;
}

interface ContainerLog {
  key: LogKey;
  lines: LogLine[];
  previous?: LogLine[];
  listeners: Set<(line: LogLine | undefined) => void>;
}

/** Lines kept per container; older ones go, as with a log that is rotated. */
export const LOG_LINE_LIMIT = 5_000;

/** The logs of all containers, in memory. */
export class Logs {
  readonly #logs = new Map<string, ContainerLog>();

  append(key: LogKey, line: LogLine): void {
    const log = this.#logOf(key);
    log.lines.push(line);
    if (log.lines.length > LOG_LINE_LIMIT) {
      log.lines.shift();
    }
    for (const listener of [...log.listeners]) {
      listener(line);
    }
  }

  /** The container has restarted: its lines become those of the previous instance. */
  rotate(key: LogKey): void {
    const log = this.#logOf(key);
    log.previous = log.lines;
    log.lines = [];
    end(log);
  }

  lines(key: LogKey): readonly LogLine[] {
    return this.#logs.get(logId(key))?.lines ?? [];
  }

  /** Undefined when the container has not restarted. */
  previous(key: LogKey): readonly LogLine[] | undefined {
    return this.#logs.get(logId(key))?.previous;
  }

  /**
   * Calls back for each new line, and with undefined when the log ends.
   *
   * @returns ends the subscription
   */
  follow(key: LogKey, listener: (line: LogLine | undefined) => void) {
    const log = this.#logOf(key);
    log.listeners.add(listener);
    return () => {
      log.listeners.delete(listener);
    };
  }

  /** Drops the logs of a pod that is gone. */
  remove(namespace: string, pod: string): void {
    for (const [id, log] of this.#logs) {
      if (log.key.namespace === namespace && log.key.pod === pod) {
        end(log);
        this.#logs.delete(id);
      }
    }
  }

  /** What a snapshot keeps: the latest lines of each container. */
  *tails(count: number): Iterable<{ key: LogKey; lines: LogLine[] }> {
    for (const { key, lines } of this.#logs.values()) {
      yield { key, lines: lines.slice(-count) };
    }
  }

  #logOf(key: LogKey): ContainerLog {
    const id = logId(key);
    let log = this.#logs.get(id);
    if (!log) {
      log = { key, lines: [], listeners: new Set() };
      this.#logs.set(id, log);
    }
    return log;
  }
}

function logId({ namespace, pod, container }: LogKey): string {
  return `${namespace}/${pod}/${container}`;
}

function end(log: ContainerLog): void {
  for (const listener of [...log.listeners]) {
    listener(undefined);
  }
  log.listeners.clear();
}
