import { readListItems } from './readListItems';

const ITEMS = [
  { metadata: { name: 'a' }, status: { history: [{ id: 1 }, { id: 2 }] } },
  { note: 'braces } ] [ { and a quote \\" and a backslash \\\\', empty: {} },
  { metadata: { name: 'ünïcode 🚢' }, list: [[], [{}]] },
];

async function read(chunks: readonly string[]): Promise<unknown[]> {
  const items: unknown[] = [];
  const source = (async function* pieces() {
    yield* chunks;
  })();
  for await (const item of readListItems(source, 'it')) {
    items.push(item);
  }
  return items;
}

describe('readListItems', () => {
  const metadata = { resourceVersion: '7', remaining: { items: '[{"a":1}]' } };

  it.each([
    ['before the items', JSON.stringify({ metadata, items: ITEMS })],
    ['behind them', JSON.stringify({ items: ITEMS, metadata }, undefined, 1)],
  ])(
    'finds the items with the metadata %s, wherever the text is cut',
    async (_, text) => {
      for (let at = 0; at <= text.length; at += 1) {
        const chunks = [text.slice(0, at), text.slice(at)];
        await expect(read(chunks)).resolves.toEqual(ITEMS);
      }
      await expect(read([...text])).resolves.toEqual(ITEMS);
    },
  );

  it('finds nothing in an empty list', async () => {
    await expect(read(['{"metadata":{},"items":null}'])).resolves.toEqual([]);
    await expect(read(['{"items":[],"metadata":{}}'])).resolves.toEqual([]);
  });

  it('does not take half a list for a list', async () => {
    const text = JSON.stringify({ metadata, items: ITEMS });
    for (let at = 0; at < text.length; at += 1) {
      await expect(read([text.slice(0, at)])).rejects.toMatchObject({
        reason: 'unreachable',
      });
    }
    await expect(read(['{"items":[{nonsense}]}'])).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('no list'),
    });
  });
});
