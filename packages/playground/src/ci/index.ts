export * from './createCi';
export * from './imageTag';
export * from './setImageTag';
