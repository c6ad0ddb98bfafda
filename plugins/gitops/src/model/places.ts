import type { ServiceResponse } from '@fairway/plugin-gitops-common';

/** Names the place of something on a service's page: its environment, else its cluster. */
export type PlaceOf = (at: { environment?: string; cluster: string }) => string;

/** Makes names of places with the titles that a service's environments have. */
export function placeIn(
  service: Pick<ServiceResponse, 'environments'>,
): PlaceOf {
  return at =>
    service.environments.find(
      ({ environment }) => environment.name === at.environment,
    )?.environment.title ??
    at.environment ??
    at.cluster;
}
