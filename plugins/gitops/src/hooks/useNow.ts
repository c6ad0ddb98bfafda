import { useSyncExternalStore } from 'react';

const TICK_MS = 15_000;

// One ticker for all ages on the page: they change together, and a table of a thousand
// ages needs one timer.
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick() {
  if (!document.hidden) {
    now = Date.now();
    listeners.forEach(listener => listener());
  }
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  if (!timer) {
    now = Date.now();
    timer = setInterval(tick, TICK_MS);
    document.addEventListener('visibilitychange', tick);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
      document.removeEventListener('visibilitychange', tick);
    }
  };
}

/** Milliseconds since the epoch, renewed every fifteen seconds while the tab is visible. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
