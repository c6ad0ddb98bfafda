export { FetchedFolder, type FetchedFrom } from './FetchedFolder';
export {
  folderChanges,
  folderContents,
  isSameEntry,
  type FolderChange,
  type FolderEntry,
} from './folderContents';
export { writeToWorkspace } from './writeToWorkspace';
export { applyChanges, readTree, type WorkspaceFolder } from './manifestTree';
export { writeNewFiles } from './writeNewFiles';
