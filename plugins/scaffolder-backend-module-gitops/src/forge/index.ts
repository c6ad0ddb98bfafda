export type {
  ForgeBranch,
  ForgeRepository,
  GitCredentials,
  PullRequest,
} from './ForgeRepository';
export { fetchCommit } from './fetchCommit';
export { fetchRepository } from './fetchRepository';
export { filesChanged, filesToAdd } from './filesToPropose';
export { openForgeRepository } from './openForgeRepository';
export { locationOfCloneUrl, toRepoUrl } from './locationOfCloneUrl';
export {
  assertNames,
  parseLocation,
  type RepositoryLocation,
} from './parseLocation';
export {
  proposeChange,
  type FileChange,
  type ProposedChange,
} from './proposeChange';
