import { WriteQueue } from './WriteQueue';

describe('WriteQueue', () => {
  it('lets what is more urgent have its turn between those who wait for quiet', async () => {
    const order: string[] = [];
    const queue = new WriteQueue<string>({
      keyOf: item => item,
      maximum: 10,
      write: async items => {
        order.push(`wrote ${items}`);
      },
    });
    // As SQLite does it: an answer without a turn of the event loop.
    const work = async (name: string) => {
      for (let n = 0; n < 5; n += 1) {
        await queue.quiet(1);
        order.push(`${name}${n}`);
      }
    };
    const arrived = new Promise<void>(resolve => {
      setImmediate(() => {
        setImmediate(() => queue.add(['urgent']).then(resolve));
      });
    });
    await Promise.all([work('a'), work('b'), arrived]);
    expect(order).toHaveLength(11);
    expect(order.indexOf('wrote urgent')).toBeLessThan(order.indexOf('b4'));
  });
});
