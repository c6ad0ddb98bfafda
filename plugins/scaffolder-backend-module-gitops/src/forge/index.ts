export type {
  ForgeBranch,
  ForgeRepository,
  PullRequest,
} from './ForgeRepository';
export { openForgeRepository } from './openForgeRepository';
export { parseLocation, type RepositoryLocation } from './parseLocation';
export { proposeChange, type ProposedChange } from './proposeChange';
export { differsOnlyIn } from './differsOnlyIn';
