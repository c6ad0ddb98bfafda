import { getEventListeners } from 'node:events';
import { LinkedAbort } from './LinkedAbort';

describe('LinkedAbort', () => {
  it('ends with any of its parents, and leaves nothing behind', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const listeners = () =>
      [one, other].flatMap(({ signal }) => getEventListeners(signal, 'abort'))
        .length;
    const first = new LinkedAbort(one.signal, other.signal);
    const second = new LinkedAbort(one.signal, other.signal);
    expect(listeners()).toBe(4);
    first.release();
    expect(listeners()).toBe(2);
    const reason = new Error('Over');
    other.abort(reason);
    expect(second.signal.reason).toBe(reason);
    expect(first.signal.aborted).toBe(false);
    second.release();
    expect(listeners()).toBe(0);

    const late = new LinkedAbort(one.signal, other.signal);
    expect(late.signal.reason).toBe(reason);
    late.release();
    const own = new LinkedAbort(one.signal);
    own.abort();
    expect([own.signal.aborted, one.signal.aborted]).toEqual([true, false]);
    own.release();
    expect(listeners()).toBe(0);
  });
});
