export { YamlText } from './YamlText';
export type { YamlPath } from './plainEdits';
export {
  changedTree,
  type ManifestChange,
  type ManifestTree,
} from './ManifestTree';
