export { writeToWorkspace } from './writeToWorkspace';
