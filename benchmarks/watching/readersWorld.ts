import type { Entity } from '@backstage/catalog-model';

/** Sizes of the fleet that is read: three environments for each service. */
export interface WorldSize {
  applications: number;
  clusters: number;
  users: number;
}

export const ENVIRONMENTS = [
  { name: 'dev', title: 'Development', tier: 'development' },
  { name: 'staging', title: 'Staging', tier: 'staging' },
  { name: 'production', title: 'Production', tier: 'production' },
] as const;

const TEAMS = 40;
const SYSTEMS = 60;

export function serviceCount({ applications }: WorldSize): number {
  return Math.floor(applications / ENVIRONMENTS.length);
}

export const serviceName = (index: number) =>
  `service-${String(index).padStart(5, '0')}`;
export const teamName = (index: number) => `team-${index % TEAMS}`;
export const systemName = (index: number) => `system-${index % SYSTEMS}`;
export const userName = (index: number) => `reader-${index}`;
export const clusterName = (index: number) => `cluster-${index}`;

function entity(kind: string, name: string, spec: Entity['spec']): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: {
      name,
      annotations: {
        'backstage.io/managed-by-location': 'url:https://git.example.com/bench',
        'backstage.io/managed-by-origin-location':
          'url:https://git.example.com/bench',
      },
    },
    spec,
  };
}

/** Components with owners and systems, and the users who read. */
export function catalogOf(size: WorldSize): Entity[] {
  const count = (length: number, make: (index: number) => Entity) =>
    Array.from({ length }, (_, index) => make(index));
  return [
    ...count(TEAMS, index =>
      entity('Group', teamName(index), { type: 'team', children: [] }),
    ),
    ...count(SYSTEMS, index =>
      entity('System', systemName(index), {
        owner: `group:default/${teamName(index)}`,
      }),
    ),
    ...count(size.users, index =>
      entity('User', userName(index), { memberOf: [teamName(index)] }),
    ),
    ...count(serviceCount(size), index =>
      entity('Component', serviceName(index), {
        type: 'service',
        lifecycle: 'production',
        owner: `group:default/${teamName(index)}`,
        system: systemName(index),
      }),
    ),
  ];
}
