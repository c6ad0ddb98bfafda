export {
  parseProgressiveModel,
  WEBHOOK_TYPES,
  type ProgressiveModel,
  type ProgressiveModelInput,
} from './ProgressiveModel';
export {
  addProgressiveDelivery,
  type ProgressiveDelivery,
} from './addProgressiveDelivery';
