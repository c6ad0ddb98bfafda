export { createGitRepositoryController } from './GitRepositoryController';
export { createHelmChartController } from './HelmChartController';
export { createHelmReleaseController } from './HelmReleaseController';
export { createKustomizationController } from './KustomizationController';
export { createInputProviderController } from './InputProviderController';
export { createResourceSetController } from './ResourceSetController';
