export { secretKeyOf } from './guardrailFiles';
export * from './people';
export * from './sampleServices';
export * from './seedWorld';
