import { useCallback, useSyncExternalStore } from 'react';
import { useApi, useApiHolder } from '@backstage/frontend-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import type { GitopsApi } from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { FleetStates, type FleetState } from './FleetStates';

const stores = new WeakMap<GitopsApi, FleetStates>();

/** The state of one component of a table; all of the table share one request. */
export function useFleetState(entityRef: string): FleetState {
  const api = useApi(gitopsApiRef);
  const signals = useApiHolder().get(signalApiRef);
  let store = stores.get(api);
  if (!store) {
    store = new FleetStates({ api, signals });
    stores.set(api, store);
  }
  const states = store;
  return useSyncExternalStore(
    useCallback(
      listener => states.subscribe(entityRef, listener),
      [states, entityRef],
    ),
    () => states.get(entityRef),
  );
}
