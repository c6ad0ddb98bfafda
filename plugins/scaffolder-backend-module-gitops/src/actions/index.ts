export {
  createGitopsActions,
  type ActionDependencies,
} from './createGitopsActions';
