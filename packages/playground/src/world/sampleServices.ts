import type { SampleTeam } from './people';

/** How a service is registered with a GitOps engine; `none` is in the catalog only. */
export type SampleEngine =
  | 'argocd'
  | 'flux-kustomization'
  | 'flux-helmrelease'
  | 'none';

/** Manual, automated, + prune, + self-heal; Flux knows only whether it prunes. */
export type SampleSyncPolicy = 'manual' | 'automated' | 'prune' | 'self-heal';

export const sampleEnvironments = ['dev', 'staging', 'production'] as const;
export type SampleEnvironment = (typeof sampleEnvironments)[number];

/** A service of the sample world. */
export interface SampleService {
  name: string;
  team: SampleTeam;
  description: string;
  engine: SampleEngine;
  language: 'node' | 'go';
  /** Major and minor version of its images. */
  version: string;
  dependsOn: string[];
  /** Modules its changes are about. */
  modules: string[];
  policies: Record<SampleEnvironment, SampleSyncPolicy>;
  pace: {
    /** Changes on a working day. */
    changes: number;
    /** Working days between promotions to production. */
    production: number;
    /** Share of the promotions to production that are reverted. */
    failures: number;
    /** Share of changes that come by pull request. */
    pulls: number;
  };
}

const careful = {
  dev: 'self-heal',
  staging: 'automated',
  production: 'manual',
} as const;
const automatic = {
  dev: 'self-heal',
  staging: 'self-heal',
  production: 'self-heal',
} as const;

/** The services of the sample world, as data for whoever has to know them. */
export const sampleServices: SampleService[] = [
  {
    name: 'orders',
    team: 'payments',
    description: 'Takes orders and follows them until they are paid',
    engine: 'argocd',
    language: 'node',
    version: '1.8',
    dependsOn: ['ledger', 'invoices', 'email-gateway'],
    modules: ['order', 'cart', 'payment', 'refund'],
    policies: careful,
    pace: { changes: 1, production: 2.5, failures: 0.16, pulls: 0.6 },
  },
  {
    name: 'ledger',
    team: 'payments',
    description: 'Books every payment twice',
    engine: 'flux-kustomization',
    language: 'go',
    version: '4.0',
    dependsOn: [],
    modules: ['posting', 'balance', 'export', 'account'],
    policies: { dev: 'prune', staging: 'prune', production: 'automated' },
    pace: { changes: 0.9, production: 5, failures: 0.15, pulls: 0.8 },
  },
  {
    name: 'invoices',
    team: 'payments',
    description: 'Writes invoices and sends them',
    engine: 'argocd',
    language: 'node',
    version: '2.3',
    dependsOn: ['ledger', 'email-gateway'],
    modules: ['invoice', 'tax', 'pdf', 'reminder'],
    policies: { dev: 'self-heal', staging: 'prune', production: 'automated' },
    pace: { changes: 0.9, production: 8, failures: 0.2, pulls: 0.3 },
  },
  {
    name: 'web-shop',
    team: 'storefront',
    description: 'The shop that customers see',
    engine: 'argocd',
    language: 'node',
    version: '7.2',
    dependsOn: ['orders', 'search-index', 'recommendations'],
    modules: ['catalog', 'checkout', 'session', 'banner'],
    policies: automatic,
    pace: { changes: 1.3, production: 1.2, failures: 0.14, pulls: 0.7 },
  },
  {
    name: 'search-index',
    team: 'storefront',
    description: 'Finds products while customers type',
    engine: 'flux-kustomization',
    language: 'go',
    version: '0.14',
    dependsOn: [],
    modules: ['index', 'query', 'synonym', 'ranking'],
    policies: { dev: 'prune', staging: 'prune', production: 'prune' },
    pace: { changes: 0.9, production: 2, failures: 0.12, pulls: 0.5 },
  },
  {
    name: 'recommendations',
    team: 'storefront',
    description: 'Suggests what goes with what',
    engine: 'argocd',
    language: 'go',
    version: '3.1',
    dependsOn: ['search-index'],
    modules: ['model', 'feature', 'candidate', 'ranking'],
    policies: { dev: 'self-heal', staging: 'automated', production: 'prune' },
    pace: { changes: 0.8, production: 5, failures: 0.25, pulls: 0.6 },
  },
  {
    name: 'email-gateway',
    team: 'platform',
    description: 'Sends mail for everybody',
    engine: 'flux-helmrelease',
    language: 'node',
    version: '2.0',
    dependsOn: [],
    modules: ['queue', 'template', 'bounce', 'provider'],
    policies: {
      dev: 'automated',
      staging: 'automated',
      production: 'automated',
    },
    pace: { changes: 0.8, production: 20, failures: 0.25, pulls: 0.5 },
  },
  {
    name: 'legacy-reports',
    team: 'platform',
    description: 'Monthly reports that nobody has moved to GitOps yet',
    engine: 'none',
    language: 'node',
    version: '1.2',
    dependsOn: ['ledger'],
    modules: ['report', 'schedule', 'archive', 'mail'],
    policies: careful,
    pace: { changes: 0.9, production: 20, failures: 0.1, pulls: 0.2 },
  },
];

/** Namespace of a service in an environment. */
export function namespaceOf(service: string, environment: string): string {
  return `${service}-${environment}`;
}

/** The image of a service, without a tag. */
export function imageOf(service: { team: string; name: string }): string {
  return `registry.example.com/${service.team}/${service.name}`;
}
