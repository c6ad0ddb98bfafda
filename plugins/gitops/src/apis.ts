import {
  ApiBlueprint,
  createApiRef,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { GitopsClient, type GitopsApi } from '@fairway/plugin-gitops-common';

/** What the screens ask of Fairway's backend. @public */
export const gitopsApiRef = createApiRef<GitopsApi>().with({
  id: 'plugin.gitops.service',
  pluginId: 'gitops',
});

export const gitopsApi = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: gitopsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new GitopsClient(deps),
    }),
});
