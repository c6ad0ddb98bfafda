import { useApi } from '@backstage/frontend-plugin-api';
import type {
  NameCheckQuery,
  NameCheckResponse,
} from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { useDebounced } from './useDebounced';
import { useLiveQuery, type LiveQuery } from './useLiveQuery';

const TYPING_PAUSE_MS = 300;

/** Whether a name is free, asked when the typing pauses. */
export function useNameCheck(
  query: NameCheckQuery | undefined,
): LiveQuery<NameCheckResponse> {
  const api = useApi(gitopsApiRef);
  const typed = query && JSON.stringify(query);
  const settled = useDebounced(typed, TYPING_PAUSE_MS);
  const check = useLiveQuery({
    key: settled,
    load: signal =>
      api.checkName(JSON.parse(settled ?? '{}') as NameCheckQuery, { signal }),
    inMotion: () => false,
    concerns: () => false,
  });
  return typed === settled
    ? check
    : { ...check, value: undefined, error: undefined, loading: true };
}
