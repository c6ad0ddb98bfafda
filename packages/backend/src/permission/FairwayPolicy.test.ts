import {
  AuthorizeResult,
  createPermission,
} from '@backstage/plugin-permission-common';
import {
  catalogEntityDeletePermission,
  catalogEntityReadPermission,
} from '@backstage/plugin-catalog-common/alpha';
import {
  gitopsApplicationOperatePermission,
  gitopsApplicationReadPermission,
} from '@fairway/plugin-gitops-common';
import { FairwayPolicy } from './FairwayPolicy';

const claims = ['user:default/ada', 'group:default/payments'];
const ada = {
  info: { userEntityRef: 'user:default/ada', ownershipEntityRefs: claims },
} as any;

describe('FairwayPolicy', () => {
  const policy = new FairwayPolicy();

  it('lets everybody who is signed in read, and nobody else', async () => {
    for (const permission of [
      catalogEntityReadPermission,
      gitopsApplicationReadPermission,
    ]) {
      expect(await policy.handle({ permission }, ada)).toEqual({
        result: AuthorizeResult.ALLOW,
      });
      expect(await policy.handle({ permission })).toEqual({
        result: AuthorizeResult.DENY,
      });
    }
  });

  it('leaves operating and removing to owners', async () => {
    expect(
      await policy.handle(
        { permission: gitopsApplicationOperatePermission },
        ada,
      ),
    ).toMatchObject({
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'gitops',
      conditions: { rule: 'IS_ENTITY_OWNER', params: { claims } },
    });
    expect(
      await policy.handle({ permission: catalogEntityDeletePermission }, ada),
    ).toMatchObject({
      result: AuthorizeResult.CONDITIONAL,
      conditions: { rule: 'IS_ENTITY_OWNER', params: { claims } },
    });
  });

  it('refuses a write that no rule names', async () => {
    const permission = createPermission({
      name: 'something.else.delete',
      attributes: { action: 'delete' },
    });
    expect(await policy.handle({ permission }, ada)).toEqual({
      result: AuthorizeResult.DENY,
    });
  });
});
