export { createAnalysisRunController } from './AnalysisRunController';
export { createRolloutController } from './RolloutController';
