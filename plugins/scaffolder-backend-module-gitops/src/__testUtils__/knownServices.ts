import { NotFoundError } from '@backstage/errors';
import {
  migrationPhase,
  type Application,
  type EnvironmentTier,
  type FleetRow,
  type GitopsApi,
  type ServiceResponse,
} from '@fairway/plugin-gitops-common';

/** A service as Fairway would know it; what a test does not care for is made up. */
export interface KnownService {
  name: string;
  /** Default `group:default/payments`. */
  owner?: string;
  system?: string;
  /** Default `argocd`. */
  engine?: 'argocd' | 'flux';
  /** Clone URL of its manifests. */
  cloneUrl: string;
  /** Default dev, staging and production below `deploy/overlays`. */
  environments?: Array<{
    name: string;
    tier?: EnvironmentTier;
    /** Default `deploy/overlays/<name>`. */
    path?: string;
    /** Anything else that its application says. */
    application?: Partial<Application>;
  }>;
}

const TIERS: Record<string, EnvironmentTier> = {
  dev: 'development',
  staging: 'staging',
  production: 'production',
};

/** What `getService` and `getFleet` answer about these services, and about no other. */
export function knownServices(
  ...services: KnownService[]
): Pick<GitopsApi, 'getService' | 'getFleet'> {
  const refOf = ({ name }: KnownService) => `component:default/${name}`;
  return {
    getService: async entityRef => {
      const service = services.find(one => refOf(one) === entityRef);
      if (!service) {
        throw new NotFoundError(`There is no ${entityRef}`);
      }
      return toResponse(service, entityRef);
    },
    getFleet: async query => {
      const rows = services
        .filter(one => query?.entityRef?.includes(refOf(one)) ?? true)
        .map(one => ({
          entityRef: refOf(one),
          name: one.name,
          owner: one.owner ?? 'group:default/payments',
          system: one.system,
        }));
      return { rows: rows as FleetRow[], totalRows: rows.length } as never;
    },
  };
}

function toResponse(service: KnownService, entityRef: string): ServiceResponse {
  const usual: KnownService['environments'] = Object.keys(TIERS).map(name => ({
    name,
  }));
  const environments = (service.environments ?? usual).map(one => ({
    environment: {
      name: one.name,
      title: one.name,
      tier: one.tier ?? TIERS[one.name] ?? 'development',
    },
    applications: [toApplication(service, entityRef, one)],
    waiting: { count: 0, commits: [] },
  }));
  return {
    entityRef,
    environments,
    ...{ otherApplications: [], deployments: [], commandRuns: [], facts: [] },
    ...{ clusters: [], errors: [] },
    permissions: { operate: { allowed: true } },
  } as Partial<ServiceResponse> as ServiceResponse;
}

function toApplication(
  service: KnownService,
  entityRef: string,
  one: NonNullable<KnownService['environments']>[number],
): Application {
  const { name, cloneUrl, engine = 'argocd' } = service;
  const policy = { automated: true, prune: false, selfHeal: false };
  const isFlux = engine === 'flux';
  const application = {
    id: `${name}-${one.name}`,
    ...{ engine, entityRef, environment: one.name, policy },
    ref: {
      cluster: 'main',
      apiVersion: isFlux
        ? 'kustomize.toolkit.fluxcd.io/v1'
        : 'argoproj.io/v1alpha1',
      kind: isFlux ? 'Kustomization' : 'Application',
      namespace: isFlux ? 'flux-system' : 'argocd',
      name: `${name}-${one.name}`,
    },
    ...{ sync: 'synced', health: 'healthy', suspended: false },
    source: {
      repoUrl: cloneUrl,
      path: one.path ?? `deploy/overlays/${one.name}`,
      targetRevision: 'main',
    },
    destination: { namespace: `${name}-${one.name}` },
    images: [`registry.example.com/payments/${name}:1.0.0`],
    version: '1.0.0',
    revision: '0123456789abcdef0123456789abcdef01234567',
    ...{ resources: [], conditions: [], externalUrls: [], commands: [] },
    ...one.application,
  } as Application;
  return { ...application, phase: migrationPhase(application.policy) };
}
