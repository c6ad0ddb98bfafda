import { mockServices } from '@backstage/backend-test-utils';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { gitopsServiceMock } from '@fairway/plugin-gitops-node/testUtils';
import { readActionsConfig } from '../config';
import { createGitopsActions } from './createGitopsActions';

jest.setTimeout(60_000);

describe('all of them', () => {
  const config = mockServices.rootConfig();
  const actions = createGitopsActions({
    config: readActionsConfig(config),
    integrations: ScmIntegrations.fromConfig(config),
    catalog: catalogServiceMock.mock(),
    gitops: gitopsServiceMock(),
  });

  it.each(actions)('$id is documented and has a dry run', action => {
    expect(action.supportsDryRun).toBe(true);
    expect(action.description).toMatch(/\w/);
    expect(action.examples).not.toHaveLength(0);
    const { properties } = action.schema!.input as any;
    for (const property of Object.values<any>(properties)) {
      expect(property.description).toMatch(/\w/);
    }
  });
});
