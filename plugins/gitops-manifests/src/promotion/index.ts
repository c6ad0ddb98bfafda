export {
  PROMOTION_KINDS,
  type PromotionItem,
  type PromotionKind,
} from './comparison';
export {
  promoteOverlay,
  type Promotion,
  type PromotionInput,
} from './promoteOverlay';
export { describePromotion } from './describePromotion';
