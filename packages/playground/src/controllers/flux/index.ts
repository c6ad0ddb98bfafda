export { createGitRepositoryController } from './GitRepositoryController';
export { createHelmReleaseController } from './HelmReleaseController';
export { createKustomizationController } from './KustomizationController';
