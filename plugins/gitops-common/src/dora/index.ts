export * from './types';
export { median } from './median';
export { doraBand, type DeploymentRhythm } from './doraBand';
export { defaultInterval, previousWindow } from './parseWindow';
export {
  computeDoraReport,
  computeDoraResults,
  type DoraReportOptions,
} from './computeDoraReport';
