import { useCallback, useSyncExternalStore } from 'react';

const KEY = 'gitops.dismissed-commands';
/** More than anybody dismisses while they are shown. */
const MAX_IDS = 200;

const listeners = new Set<() => void>();
let dismissed: ReadonlySet<string> | undefined;

function read(): ReadonlySet<string> {
  if (!dismissed) {
    let ids: unknown;
    try {
      ids = JSON.parse(window.sessionStorage.getItem(KEY) ?? '[]');
    } catch {
      // What cannot be read, or may not be, is as if nothing was dismissed.
      ids = [];
    }
    dismissed = new Set(Array.isArray(ids) ? ids.map(String) : []);
  }
  return dismissed;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Ids of what the user does not want to see any more, for the session of the tab. */
export function useDismissed(): {
  dismissed: ReadonlySet<string>;
  dismiss: (id: string) => void;
} {
  const current = useSyncExternalStore(subscribe, read);
  const dismiss = useCallback((id: string) => {
    const ids = [...read(), id].slice(-MAX_IDS);
    dismissed = new Set(ids);
    try {
      window.sessionStorage.setItem(KEY, JSON.stringify(ids));
    } catch {
      // It is dismissed until the page is loaded again.
    }
    listeners.forEach(listener => listener());
  }, []);
  return { dismissed: current, dismiss };
}
