import { createPermissionRule } from '@backstage/plugin-permission-node';
import { z } from 'zod';
import { gitopsApplicationResourceRef } from './gitopsApplicationResourceRef';

const paramsSchema = z.object({
  claims: z
    .array(z.string())
    .describe('Entity refs of the user and their groups'),
});

/** Allows what concerns the services that one of the claims owns. */
export const isEntityOwner = createPermissionRule({
  name: 'IS_ENTITY_OWNER',
  description: 'Allow applications of components that one of the claims owns',
  resourceRef: gitopsApplicationResourceRef,
  paramsSchema,
  apply: (application, { claims }) =>
    application.owners.some(owner => claims.includes(owner)),
  toQuery: ({ claims }) => ({ owners: claims }),
});
