export { createGitRepositoryController } from './GitRepositoryController';
export { createHelmChartController } from './HelmChartController';
export { createHelmReleaseController } from './HelmReleaseController';
export { createKustomizationController } from './KustomizationController';
