type Refusal = (what: string) => () => never;

const refuse: Refusal = what => () => {
  throw new Error(
    `Observers must not use ${what}; take the time from the context, and all else from the object`,
  );
};

/**
 * Runs something in a world without clocks, chance, timers and network: reading any of them
 * throws. What a module captured when it was loaded is not seen.
 */
export function withoutWorld<T>(run: () => T): T {
  const { Date: RealDate } = globalThis;
  const replaced: Array<() => void> = [];
  const replace = <H extends object>(holder: H, name: keyof H, by: unknown) => {
    const before = Object.getOwnPropertyDescriptor(holder, name);
    Object.defineProperty(holder, name, {
      configurable: true,
      writable: true,
      value: by,
    });
    replaced.push(() => {
      if (before) {
        Object.defineProperty(holder, name, before);
      } else {
        delete holder[name];
      }
    });
  };
  replace(globalThis, 'Date', dateWithoutNow(RealDate));
  replace(Math, 'random', refuse('random numbers'));
  replace(globalThis, 'performance', { now: refuse('the clock') });
  replace(globalThis, 'fetch', refuse('the network'));
  replace(globalThis, 'setTimeout', refuse('timers'));
  try {
    return run();
  } finally {
    replaced.reverse().forEach(restore => restore());
  }
}

/** Times that somebody names can be read; the one that it is now cannot. */
function dateWithoutNow(RealDate: DateConstructor): DateConstructor {
  return new Proxy(RealDate, {
    construct: (target, args) =>
      args.length === 0
        ? refuse('the clock')()
        : Reflect.construct(target, args),
    apply: refuse('the clock'),
    get: (target, key) =>
      key === 'now' ? refuse('the clock') : Reflect.get(target, key),
  });
}
