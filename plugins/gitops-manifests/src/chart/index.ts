export {
  CHART_METHODS,
  parseChartModel,
  recommendChartMethod,
  type ChartEnvironment,
  type ChartModel,
  type ChartModelInput,
} from './ChartModel';
export { renderChart } from './renderChart';
export { chartNeeds, renderChartRegistration } from './renderChartRegistration';
export { validateChartFolder } from './validateChartFolder';
