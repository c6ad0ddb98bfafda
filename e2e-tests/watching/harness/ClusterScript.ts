import type { Presence } from './Presence';
import type { TestCluster } from './TestCluster';

/** Which revisions of an application needed intervention, as far as Fairway can and must know. */
export class ScriptedFailures {
  /** Revisions that failed, whether anybody looked or not. */
  readonly possible = new Set<string>();
  /** Revisions that were failing when Fairway was known to see it. */
  readonly certain = new Set<string>();
  #lasting?: string;
  #look: 'well' | 'failing' | 'in progress' = 'well';

  /** The revision that is failing now, and looks so. */
  get shown(): string | undefined {
    return this.#look === 'failing' ? this.#lasting : undefined;
  }

  /** It looks well, so that no failure may last. */
  get over(): boolean {
    return this.#look === 'well';
  }

  begin(revision: string): void {
    this.possible.add(revision);
    this.#lasting = revision;
    this.#look = 'failing';
  }

  /** It is being worked on: what failed before lasts for those who saw it, and for nobody else. */
  hide(): void {
    this.#look = 'in progress';
  }

  end(): void {
    this.#lasting = undefined;
    this.#look = 'well';
  }

  markSeen(): void {
    if (this.shown) {
      this.certain.add(this.shown);
    }
  }
}

/** What there is to know of one application, to hold the store against. */
export interface ScriptedApplication {
  kind: string;
  name: string;
  /** Every revision that was deployed, oldest first. */
  revisions: string[];
  /** So many of them were there when Fairway was known to have seen the application; 0: never. */
  seen: number;
  failures: ScriptedFailures;
}

/** Objects by their key, in the words of the API. */
export type Descriptions = ReadonlyMap<string, object>;

/** Who changes objects of some kinds of a cluster as an engine does, and knows what became of them. */
export interface ClusterScript {
  readonly cluster: TestCluster;
  /** Kinds of its applications. */
  readonly kinds: readonly string[];
  /** Kinds of its facts. */
  readonly factKinds: readonly string[];
  /** Name of the component that its objects belong to; none: they are unregistered. */
  readonly component?: string;
  /** What there is now. */
  readonly applications: readonly ScriptedApplication[];
  /** Which of its objects every page has to show, and since when. */
  readonly presence: Presence;
  /** Its applications as the API must describe them, by {@link keyOf}. */
  describeApplications(): Descriptions;
  /** Its facts as the API must describe them, by {@link keyOf}. */
  describeFacts(): Descriptions;
  /** From here on, nothing may be missing; called when the store equals the cluster. */
  markSeen(): void;
}

/** Names an object of one of the scripts, within its cluster. */
export function keyOf(object: { kind: string; name: string }): string {
  return `${object.kind}/${object.name}`;
}
