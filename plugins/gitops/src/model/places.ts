import type { ServiceResponse } from '@fairway/plugin-gitops-common';

/** Where something is. */
export interface Place {
  environment?: string;
  cluster: string;
}

/**
 * Names the place of something on a service's page: its environment, else its cluster. Several
 * places are named in the order of promotion, each once.
 */
export type PlaceOf = (...at: readonly Place[]) => string;

/** Makes names of places with the titles that a service's environments have. */
export function placeIn(
  service: Pick<ServiceResponse, 'environments'>,
): PlaceOf {
  const rankOf = ({ environment: name }: Place) => {
    const index = service.environments.findIndex(
      ({ environment }) => environment.name === name,
    );
    return index < 0 ? service.environments.length : index;
  };
  const nameOf = (at: Place) =>
    service.environments.find(
      ({ environment }) => environment.name === at.environment,
    )?.environment.title ??
    at.environment ??
    at.cluster;
  return (...places) =>
    [
      ...new Set([...places].sort((a, b) => rankOf(a) - rankOf(b)).map(nameOf)),
    ].join(', ');
}
