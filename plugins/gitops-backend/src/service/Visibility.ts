import type { AuthorizedCaller } from './GitopsAnswers';
import type { Service } from '../catalog';

/** What a caller may read. Callers who may read the same have the same object. */
export interface Visibility {
  /** Unlike that of any other visibility of this process. */
  key: string;
  /** The components by entity ref. */
  services: ReadonlyMap<string, Service>;
  /** Whether applications that belong to no component are seen. */
  seesStrays: boolean;
}

/** Tells who may read the same, so that it is computed once for all of them. */
export class Visibilities {
  readonly #known = new WeakMap<
    ReadonlyMap<string, Service>,
    Map<string, Visibility>
  >();
  #count = 0;

  /** @param all - the components that the catalog shows to the caller */
  of(
    all: ReadonlyMap<string, Service>,
    caller: Pick<AuthorizedCaller, 'mayRead' | 'readKey'>,
  ): Visibility {
    let known = this.#known.get(all);
    if (!known) {
      known = new Map();
      this.#known.set(all, known);
    }
    let visibility = known.get(caller.readKey);
    if (!visibility) {
      const readable = [...all].filter(([, { owners }]) =>
        caller.mayRead(owners),
      );
      this.#count += 1;
      visibility = {
        key: String(this.#count),
        services: readable.length === all.size ? all : new Map(readable),
        seesStrays: caller.mayRead([]),
      };
      known.set(caller.readKey, visibility);
    }
    return visibility;
  }
}
