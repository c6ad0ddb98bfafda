/** Which facts to look at again when an application of a place changes. */
export class FactIndex {
  readonly #places = new Map<string, readonly string[]>();
  readonly #byPlace = new Map<string, Set<string>>();

  put(id: string, places: readonly string[]): void {
    const before = this.#places.get(id);
    if (before?.join('\n') === places.join('\n')) {
      return;
    }
    this.remove(id);
    this.#places.set(id, places);
    for (const place of places) {
      this.#byPlace.set(place, (this.#byPlace.get(place) ?? new Set()).add(id));
    }
  }

  remove(id: string): void {
    for (const place of this.#places.get(id) ?? []) {
      const ids = this.#byPlace.get(place);
      ids?.delete(id);
      if (ids?.size === 0) {
        this.#byPlace.delete(place);
      }
    }
    this.#places.delete(id);
  }

  at(places: readonly string[]): string[] {
    return [
      ...new Set(
        places.flatMap(place => [...(this.#byPlace.get(place) ?? [])]),
      ),
    ];
  }
}
