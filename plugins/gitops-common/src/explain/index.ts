export * from './ApplicationExplanation';
export { explainApplication } from './explainApplication';
