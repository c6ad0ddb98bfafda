export { createApplicationController } from './ApplicationController';
export { createApplicationSetController } from './ApplicationSetController';
