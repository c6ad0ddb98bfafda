export { createApplicationController } from './ApplicationController';
