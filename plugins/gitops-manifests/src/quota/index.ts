export {
  defaultNetworkPolicy,
  guardedNamespace,
  limitRange,
  quotaSchema,
  resourceQuota,
  type Quota,
} from './quota';
