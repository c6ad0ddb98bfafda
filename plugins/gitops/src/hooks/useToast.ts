import { useCallback } from 'react';
import {
  alertApiRef,
  toastApiRef,
  useApiHolder,
} from '@backstage/frontend-plugin-api';

/** A short message about the outcome of what the user asked for. */
export interface Toast {
  title: string;
  description?: string;
  status: 'success' | 'danger';
}

/** Tells the user; by the toast API, or by the alert API where a legacy app has no toasts. */
export function useToast(): (toast: Toast) => void {
  const apis = useApiHolder();
  return useCallback(
    ({ title, description, status }: Toast) => {
      const toastApi = apis.get(toastApiRef);
      if (toastApi) {
        toastApi.post({
          title,
          description,
          status,
          timeout: status === 'success' ? 6_000 : undefined,
        });
        return;
      }
      apis.get(alertApiRef)?.post({
        message: description ? `${title} ${description}` : title,
        severity: status === 'success' ? 'success' : 'error',
        display: status === 'success' ? 'transient' : 'permanent',
      });
    },
    [apis],
  );
}
