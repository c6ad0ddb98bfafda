import type { JsonObject } from '@backstage/types';
import type {
  CommandPatch,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../cluster';

/**
 * Writes a patch onto the very version of the object that was read for it, so that it never
 * lands on something that it was not made for.
 *
 * @throws ConflictError when the object changed since.
 */
export async function writeOnto(
  { metadata: { resourceVersion } }: KubernetesObject,
  patch: CommandPatch,
  clusters: Pick<ClusterApi, 'patch'>,
): Promise<void> {
  const metadata = patch.patch.metadata as JsonObject | undefined;
  await clusters.patch(
    resourceVersion === undefined
      ? patch
      : {
          ...patch,
          patch: { ...patch.patch, metadata: { ...metadata, resourceVersion } },
        },
  );
}
