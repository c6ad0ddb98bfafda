export { createAppProjectController } from './AppProjectController';
export { createApplicationController } from './ApplicationController';
export { createApplicationSetController } from './ApplicationSetController';
