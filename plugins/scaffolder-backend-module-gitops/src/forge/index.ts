export type {
  ForgeBranch,
  ForgeRepository,
  GitCredentials,
  PullRequest,
} from './ForgeRepository';
export { differsOnlyIn } from './differsOnlyIn';
export { fetchRepository } from './fetchRepository';
export { filesChanged, filesToAdd } from './filesToPropose';
export { openForgeRepository } from './openForgeRepository';
export { locationOfCloneUrl, toRepoUrl } from './locationOfCloneUrl';
export { parseLocation, type RepositoryLocation } from './parseLocation';
export {
  proposeChange,
  type FileChange,
  type ProposedChange,
} from './proposeChange';
