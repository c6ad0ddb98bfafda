import type {
  Application,
  Deployment,
  Environment,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';
import { waitingCommits } from './waitingCommits';

/** Commits that are listed; `count` tells all. */
const MAX_WAITING = 50;

/**
 * The environments of a service in the order of promotion, each with the commits that wait in the
 * one before. Environments of the preview tier are listed only when something runs in them.
 */
export function buildService(options: {
  environments: readonly Environment[];
  applications: readonly Application[];
  /** Deployments of the service, with commits. */
  deployments: readonly Deployment[];
}): Pick<ServiceResponse, 'environments' | 'otherApplications'> {
  const { applications, deployments } = options;
  const of = (environment: Environment) => ({
    applications: applications.filter(
      application => application.environment === environment.name,
    ),
    deployments: deployments.filter(
      deployment => deployment.environment === environment.name,
    ),
  });
  const listed = options.environments.filter(
    environment =>
      environment.tier !== 'preview' || of(environment).applications.length > 0,
  );
  return {
    environments: listed.map((environment, index) => {
      const own = of(environment);
      // An environment that the service does not have is no step on the way.
      const before = listed
        .slice(0, index)
        .reverse()
        .find(
          candidate =>
            candidate.tier !== 'preview' &&
            of(candidate).applications.length > 0,
        );
      const isStep = environment.tier !== 'preview' && own.applications.length;
      const waiting =
        before && isStep
          ? waitingCommits(of(before).deployments, own.deployments)
          : [];
      return {
        environment,
        applications: own.applications,
        waiting: {
          count: waiting.length,
          commits: waiting.slice(0, MAX_WAITING),
        },
      };
    }),
    otherApplications: applications.filter(
      application =>
        !listed.some(({ name }) => name === application.environment),
    ),
  };
}
