export { createAppProjectController } from './AppProjectController';
export { createApplicationController } from './ApplicationController';
