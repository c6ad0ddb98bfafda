export * from './GitopsStore';
export { deploymentId, failureId, objectId } from './ids';
