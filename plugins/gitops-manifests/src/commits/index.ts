export { describeCommits } from './describeCommits';
