import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import useAsync from 'react-use/esm/useAsync';

/** Entity refs that the signed-in user stands for: itself and its groups. */
export function useOwnedRefs(): { value?: string[]; loading: boolean } {
  const identity = useApi(identityApiRef);
  const { value, loading } = useAsync(
    async () => (await identity.getBackstageIdentity()).ownershipEntityRefs,
    [identity],
  );
  return { value, loading };
}
