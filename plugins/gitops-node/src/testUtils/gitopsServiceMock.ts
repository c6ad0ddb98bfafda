import {
  createServiceFactory,
  type ServiceFactory,
} from '@backstage/backend-plugin-api';
import { NotImplementedError } from '@backstage/errors';
import type { GitopsApi } from '@fairway/plugin-gitops-common';
import { gitopsServiceRef, type GitopsService } from '../gitopsServiceRef';

function refuse(method: string) {
  return async () => {
    throw new NotImplementedError(
      `The test called ${method} of the Gitops service and gave no answer for it; pass one to gitopsServiceMock`,
    );
  };
}

/**
 * A Gitops service that gives the answers of the test; what has none rejects.
 *
 * @public
 */
export function gitopsServiceMock(
  answers: Partial<GitopsApi> = {},
): GitopsService {
  const api: GitopsApi = {
    getFleet: refuse('getFleet'),
    getApplications: refuse('getApplications'),
    getApplication: refuse('getApplication'),
    getService: refuse('getService'),
    getDeployments: refuse('getDeployments'),
    getDeployment: refuse('getDeployment'),
    getDora: refuse('getDora'),
    getClusters: refuse('getClusters'),
    runCommand: refuse('runCommand'),
    getCommandRun: refuse('getCommandRun'),
    checkName: refuse('checkName'),
    ...answers,
  };
  return { as: () => api };
}

/**
 * {@link gitopsServiceMock} as a service factory, for `startTestBackend`.
 *
 * @public
 */
export function gitopsServiceMockFactory(
  answers: Partial<GitopsApi> = {},
): ServiceFactory<GitopsService, 'plugin'> {
  return createServiceFactory({
    service: gitopsServiceRef,
    deps: {},
    factory: () => gitopsServiceMock(answers),
  });
}
