export {
  parseTenantModel,
  TEAM_NAME_MAX_LENGTH,
  TEAM_NAME_PATTERN,
  tenantNamespace,
  type TenantModel,
  type TenantModelInput,
} from './TenantModel';
export { renderTenant, type TenantOptions } from './renderTenant';
export { addTenant } from './addTenant';
export { addGroup, tenantGroup } from './addGroup';
export type { ArgocdTenantOptions } from './argocdTenant';
export type { FluxTenantOptions } from './fluxTenant';
