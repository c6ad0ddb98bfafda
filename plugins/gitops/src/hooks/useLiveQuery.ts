import { useCallback, useEffect, useRef, useState } from 'react';
import { useApiHolder } from '@backstage/frontend-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import {
  GITOPS_SIGNAL_CHANNEL,
  type GitopsSignal,
} from '@fairway/plugin-gitops-common';
import type { JsonObject } from '@backstage/types';
import { refreshInterval } from '../model/refresh';

/** Signals that arrive together are answered by one request. */
const SIGNAL_SETTLE_MS = 150;

/** The state of a query that keeps itself fresh. */
export interface LiveQuery<T> {
  /** The last answer; kept while a newer one is fetched and when that fails. */
  value?: T;
  /** True while there is nothing to show yet. */
  loading: boolean;
  /** True while a request is on its way. */
  refreshing: boolean;
  /** Why the last request failed; cleared by the next that succeeds. */
  error?: Error;
  /** ISO time of the last answer. */
  updatedAt?: string;
  /** Asks again now. */
  retry: () => void;
}

/** A query: what it is, how to ask, and when its answer may have changed. */
export interface LiveQueryOptions<T> {
  /** Names the question; another key is another question. Undefined asks nothing. */
  key: string | undefined;
  load: (signal: AbortSignal) => Promise<T>;
  /** True while the answer should be looked at often. */
  inMotion: (value: T) => boolean;
  /** Whether a signal concerns this query; default all do. */
  concerns?: (signal: GitopsSignal) => boolean;
  /** Show the answer to the previous key until the new one is there. */
  keepPrevious?: boolean;
}

interface State<T> {
  key?: string;
  value?: T;
  error?: Error;
  updatedAt?: string;
  failures: number;
  refreshing: boolean;
}

/**
 * Asks, and asks again: when a signal says so, after an interval that depends on the
 * answer, and when the tab becomes visible. A hidden tab asks nothing.
 */
export function useLiveQuery<T>(options: LiveQueryOptions<T>): LiveQuery<T> {
  const { key, keepPrevious } = options;
  const [state, setState] = useState<State<T>>({
    failures: 0,
    refreshing: false,
  });
  const latest = useRef(options);
  latest.current = options;
  const running = useRef<AbortController>();

  const refresh = useCallback(async () => {
    running.current?.abort();
    if (key === undefined) {
      return;
    }
    const controller = new AbortController();
    running.current = controller;
    setState(old => ({ ...old, refreshing: true }));
    try {
      const value = await latest.current.load(controller.signal);
      if (!controller.signal.aborted) {
        setState({
          key,
          value,
          updatedAt: new Date().toISOString(),
          failures: 0,
          refreshing: false,
        });
      }
    } catch (error) {
      if (!controller.signal.aborted) {
        setState(old => ({
          ...(old.key === key || latest.current.keepPrevious ? old : {}),
          key,
          error: error as Error,
          failures: old.failures + 1,
          refreshing: false,
        }));
      }
    }
  }, [key]);

  useEffect(() => {
    refresh();
    return () => running.current?.abort();
  }, [refresh]);

  const inMotion = state.value !== undefined && options.inMotion(state.value);
  useRefreshTimer({
    refresh,
    interval: refreshInterval({ inMotion, failures: state.failures }),
    idle: !state.refreshing && state.key === key && key !== undefined,
  });
  useGitopsSignal({
    concerns: useCallback(
      signal => !document.hidden && (latest.current.concerns?.(signal) ?? true),
      [],
    ),
    onChange: refresh,
  });

  const current = state.key === key || keepPrevious ? state : undefined;
  return {
    value: current?.value,
    error: state.key === key ? state.error : undefined,
    updatedAt: current?.updatedAt,
    refreshing: state.refreshing,
    loading:
      current?.value === undefined &&
      !(state.key === key && state.error) &&
      key !== undefined,
    retry: refresh,
  };
}

/** Calls `refresh` when the interval is over while visible, and on becoming visible. */
function useRefreshTimer(options: {
  refresh: () => void;
  interval: number;
  idle: boolean;
}) {
  const { refresh, interval, idle } = options;
  const [hidden, setHidden] = useState(() => document.hidden);

  useEffect(() => {
    const onChange = () => {
      setHidden(document.hidden);
      if (!document.hidden) {
        refresh();
      }
    };
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  }, [refresh]);

  useEffect(() => {
    if (hidden || !idle) {
      return undefined;
    }
    const timer = setTimeout(refresh, interval);
    return () => clearTimeout(timer);
  }, [refresh, interval, hidden, idle]);
}

/** Hears Fairway's signals, many at once as one; silent where the signals plugin is not installed. */
export function useGitopsSignal(options: {
  concerns: (signal: GitopsSignal) => boolean;
  onChange: () => void;
}) {
  const { concerns, onChange } = options;
  const signals = useApiHolder().get(signalApiRef);
  useEffect(() => {
    if (!signals) {
      return undefined;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { unsubscribe } = signals.subscribe<JsonObject>(
      GITOPS_SIGNAL_CHANNEL,
      message => {
        if (!timer && concerns(message as unknown as GitopsSignal)) {
          timer = setTimeout(() => {
            timer = undefined;
            onChange();
          }, SIGNAL_SETTLE_MS);
        }
      },
    );
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [signals, concerns, onChange]);
}
