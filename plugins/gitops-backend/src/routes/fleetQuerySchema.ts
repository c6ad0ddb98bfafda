import { HEALTH_STATUSES, SYNC_STATUSES } from '@fairway/plugin-gitops-common';
import { z } from 'zod';
import { listOf, queryBoolean, queryLimit, shortText } from './parse';

/** The filters that the fleet and the list of applications share. */
const filters = {
  search: z.string().max(500).optional(),
  owner: listOf(shortText),
  system: listOf(shortText),
  engine: listOf(z.enum(['argocd', 'flux'])),
  cluster: listOf(shortText),
  environment: listOf(shortText),
  health: listOf(z.enum(HEALTH_STATUSES)),
  sync: listOf(z.enum(SYNC_STATUSES)),
  unregistered: queryBoolean.optional(),
  entityRef: listOf(shortText),
  limit: queryLimit.optional(),
  cursor: shortText.optional(),
};

export const fleetQuerySchema = z.strictObject({
  ...filters,
  sort: z.enum(['name', 'owner', 'trouble', 'last-deployment']).optional(),
});

export const applicationsQuerySchema = z.strictObject({
  ...filters,
  sort: z.enum(['name', 'health', 'sync', 'last-deployment']).optional(),
});
