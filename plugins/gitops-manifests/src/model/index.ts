export {
  parseServiceModel,
  type EnvironmentModel,
  type ServiceModel,
  type ServiceModelInput,
} from './ServiceModel';
export {
  SYNC_POLICY_NAMES,
  syncPolicyByName,
  type SyncPolicyName,
} from './syncPolicyByName';
export { SERVICE_NAME_PATTERN, SERVICE_NAME_MAX_LENGTH } from './rules';
