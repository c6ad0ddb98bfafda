export { registerGitopsActions } from './registerGitopsActions';
