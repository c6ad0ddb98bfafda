import { act, renderHook } from '@testing-library/react';
import type { PropsWithChildren } from 'react';
import { TestApiProvider } from '@backstage/frontend-test-utils';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { FAST_REFRESH_MS, SLOW_REFRESH_MS } from '../model/refresh';
import { FakeSignalApi } from '../__testUtils__/renderWithFake';
import { useLiveQuery } from './useLiveQuery';

function setHidden(hidden: boolean) {
  jest.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
  act(() => {
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

async function advance(milliseconds: number) {
  await act(async () => jest.advanceTimersByTimeAsync(milliseconds));
}

describe('useLiveQuery', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  function setup(options: { moving?: boolean } = {}) {
    const signals = new FakeSignalApi();
    const load = jest.fn(async () => ({ moving: options.moving ?? false }));
    const wrapper = ({ children }: PropsWithChildren<{}>) => (
      <TestApiProvider apis={[[signalApiRef, signals]]}>
        {children}
      </TestApiProvider>
    );
    const hook = renderHook(
      ({ name }) =>
        useLiveQuery({
          key: name,
          load,
          inMotion: ({ moving }) => moving,
          concerns: ({ entityRefs }) =>
            !entityRefs || entityRefs.includes('component:default/orders'),
        }),
      { wrapper, initialProps: { name: 'first' } },
    );
    return { ...hook, load, signals };
  }

  it('looks fast while something moves and slowly otherwise', async () => {
    const moving = setup({ moving: true });
    expect(moving.result.current.loading).toBe(true);
    await advance(0);
    expect(moving.result.current.value).toEqual({ moving: true });
    await advance(FAST_REFRESH_MS);
    expect(moving.load).toHaveBeenCalledTimes(2);
    moving.unmount();

    const still = setup();
    await advance(FAST_REFRESH_MS);
    expect(still.load).toHaveBeenCalledTimes(1);
    await advance(SLOW_REFRESH_MS);
    expect(still.load).toHaveBeenCalledTimes(2);
  });

  it('asks nothing while hidden, and at once when it becomes visible', async () => {
    const { load, signals } = setup({ moving: true });
    await advance(0);
    setHidden(true);
    act(() => signals.send({ type: 'applications-changed' }));
    await advance(10 * SLOW_REFRESH_MS);
    expect(load).toHaveBeenCalledTimes(1);
    setHidden(false);
    await advance(0);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('answers many signals by one request, and none that concern others', async () => {
    const { load, signals } = setup();
    await advance(0);
    signals.send({
      type: 'applications-changed',
      entityRefs: ['component:default/other'],
    });
    await advance(1_000);
    expect(load).toHaveBeenCalledTimes(1);
    for (let count = 0; count < 20; count++) {
      signals.send({
        type: 'applications-changed',
        entityRefs: ['component:default/orders'],
      });
    }
    await advance(1_000);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('keeps the old value with the error, backs off, and recovers', async () => {
    const { load, result } = setup();
    await advance(0);
    const { updatedAt } = result.current;
    load.mockRejectedValue(new Error('connection lost'));
    await advance(SLOW_REFRESH_MS);
    expect(result.current).toMatchObject({
      value: { moving: false },
      error: new Error('connection lost'),
      loading: false,
      updatedAt,
    });
    await advance(FAST_REFRESH_MS);
    expect(load).toHaveBeenCalledTimes(3);
    await advance(FAST_REFRESH_MS);
    expect(load).toHaveBeenCalledTimes(3);
    await advance(FAST_REFRESH_MS);
    expect(load).toHaveBeenCalledTimes(4);
    load.mockResolvedValue({ moving: false });
    await act(async () => result.current.retry());
    expect(result.current.error).toBeUndefined();
    expect(result.current.updatedAt).not.toBe(updatedAt);
  });

  it('never shows the answer to another question', async () => {
    const { load, result, rerender } = setup();
    await advance(0);
    expect(result.current.value).toBeDefined();
    load.mockReturnValue(new Promise(() => {}));
    rerender({ name: 'second' });
    expect(result.current).toMatchObject({ value: undefined, loading: true });
  });
});
