import type { ForgeApi } from './ForgeApi';

/** Nobody has more, and no forge may keep us busy for ever. */
const MOST_PAGES = 200;

/**
 * Every item of a list whose pages are numbered; undefined when there is no such list.
 *
 * @param options - `sizeName`: how the forge calls the length of a page.
 */
export async function numberedPages<T>(
  api: ForgeApi,
  path: string,
  options: {
    sizeName: 'per_page' | 'limit';
    size: number;
    query?: Record<string, string>;
  },
): Promise<T[] | undefined> {
  const { sizeName, size, query } = options;
  const all: T[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const items = await api.get<T[]>(path, {
      ...query,
      [sizeName]: size,
      page,
    });
    if (!items) {
      return page === 1 ? undefined : all;
    }
    all.push(...items);
    if (items.length < size) {
      break;
    }
  }
  return all;
}
