export {
  parseServiceModel,
  RUNTIMES,
  WORKLOAD_KINDS,
  type EnvironmentModel,
  type ServiceModel,
  type ServiceModelInput,
} from './ServiceModel';
export {
  SYNC_POLICY_NAMES,
  syncPolicyByName,
  type SyncPolicyName,
} from './syncPolicyByName';
export { CRON_PATTERN, TIME_ZONE_PATTERN } from './cron';
export {
  IMAGE_REFERENCE_PATTERN,
  parseImageReference,
  type ImageReference,
} from './image';
export {
  CPU_PATTERN,
  HOST_PATTERN,
  MEMORY_PATTERN,
  OBJECT_NAME_PATTERN,
  SERVICE_NAME_MAX_LENGTH,
  SERVICE_NAME_PATTERN,
  URL_PATH_PATTERN,
} from './rules';
