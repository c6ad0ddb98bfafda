import {
  ArgocdConnection,
  type ArgocdInstance,
  type ArgocdTimes,
} from '@fairway/plugin-gitops-backend-module-argocd/src/api';
import { ArgocdObserver } from '@fairway/plugin-gitops-backend-module-argocd/src/ArgocdObserver';
import type { ArgocdWorld } from './ArgocdWorld';

/** Those of real installations, scaled down. */
const TIMES: Partial<ArgocdTimes> = {
  request: 2_000,
  silence: 1_500,
  tree: 300,
  proof: 300,
  check: 50,
  rights: 200,
  poll: 50,
  initialRest: 10,
  maximumRest: 50,
  refresh: 200,
  abandoned: 10,
};

/** A connection with the token of the account `fairway`. */
export function testConnection(
  world: ArgocdWorld,
  options: {
    instance?: Partial<ArgocdInstance>;
    times?: Partial<ArgocdTimes>;
    bufferCharacters?: number;
  } = {},
): ArgocdConnection {
  return new ArgocdConnection({
    instance: {
      name: 'production',
      apiUrl: world.api.url,
      token: 'token-of-fairway-that-nobody-may-see',
      dangerouslySkipTLSVerify: false,
      ...options.instance,
    },
    resources: new ArgocdObserver().resources,
    times: { ...TIMES, ...options.times },
    bufferCharacters: options.bufferCharacters,
  });
}
