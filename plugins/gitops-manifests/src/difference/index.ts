export {
  compareObjects,
  objectTitle,
  type ChangedObject,
  type FieldDifference,
  type ObjectsDifference,
} from './compareObjects';
export {
  renderDifference,
  type EnvironmentDifference,
} from './renderDifference';
export { shortenDifference, unfoldDifference } from './shortenDifference';
export { compareFolders, type FolderComparison } from './compareFolders';
