export {
  AttributionWorker,
  type AttributedChange,
  type AttributionWorkerOptions,
} from './AttributionWorker';
export { GitHistory, type GitHistoryOptions } from './GitHistory';
export type { CodeLocator } from './SourceHistory';
