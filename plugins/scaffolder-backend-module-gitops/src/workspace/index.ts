export { writeToWorkspace } from './writeToWorkspace';
export { applyChanges, readTree, type WorkspaceFolder } from './manifestTree';
