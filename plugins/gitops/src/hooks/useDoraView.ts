import { useCallback, useMemo } from 'react';
import { useLocation } from 'react-router-dom';
import {
  DORA_METRICS,
  type DoraMetricId,
  type DoraScope,
} from '@fairway/plugin-gitops-common';
import { DEFAULT_DORA_DAYS } from './useDora';
import { useUrlState } from './useUrlState';

/** The windows that can be chosen, in days. */
export const DORA_DAYS = [30, 60, 90] as const;

const SCOPES = ['service', 'owner', 'system', 'domain'] as const;

/** What of the report is looked at: everything that a link should show again. */
export interface DoraView {
  scope: DoraScope;
  days: number;
  /** The metric whose explanation is open. */
  why?: DoraMetricId;
  /** Id of the deployment that is open. */
  deployment?: string;
}

/** Reads a view; what the URL does not say, or says wrongly, is as if nothing were said. */
export function readDoraView(params: URLSearchParams): DoraView {
  const kind = SCOPES.find(one => one === params.get('scope'));
  const ref = params.get('ref');
  const days = Number(params.get('days'));
  return {
    scope: kind && ref ? { kind, ref } : { kind: 'all' },
    days: DORA_DAYS.find(one => one === days) ?? DEFAULT_DORA_DAYS,
    why: DORA_METRICS.find(one => one === params.get('why')),
    deployment: params.get('deployment') || undefined,
  };
}

function writeDoraView(params: URLSearchParams, view: DoraView) {
  const { scope, days, why, deployment } = view;
  const values: Record<string, string | undefined> = {
    scope: scope.ref && scope.kind,
    ref: scope.ref,
    days: days === DEFAULT_DORA_DAYS ? undefined : String(days),
    why,
    deployment,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) {
      params.delete(name);
    } else {
      params.set(name, value);
    }
  }
  return params;
}

/** The view of the report in the URL, how to change it, and links to changed ones. */
export function useDoraView(): {
  view: DoraView;
  show: (change: Partial<DoraView>) => void;
  linkTo: (change: Partial<DoraView>) => string;
} {
  const { pathname } = useLocation();
  const [params, update] = useUrlState();
  const view = useMemo(() => readDoraView(params), [params]);
  const show = useCallback(
    (change: Partial<DoraView>) =>
      update(old => writeDoraView(old, { ...readDoraView(old), ...change })),
    [update],
  );
  const linkTo = useCallback(
    (change: Partial<DoraView>) =>
      `${pathname}?${writeDoraView(new URLSearchParams(params), {
        ...readDoraView(params),
        ...change,
      })}`,
    [pathname, params],
  );
  return { view, show, linkTo };
}
