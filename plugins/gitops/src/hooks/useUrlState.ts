import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/** The search parameters of the page, and how to change them without a new history entry. */
export function useUrlState(): [
  URLSearchParams,
  (change: (params: URLSearchParams) => URLSearchParams) => void,
] {
  const [params, setParams] = useSearchParams();
  const update = useCallback(
    (change: (old: URLSearchParams) => URLSearchParams) =>
      setParams(old => change(new URLSearchParams(old)), { replace: true }),
    [setParams],
  );
  return [params, update];
}
