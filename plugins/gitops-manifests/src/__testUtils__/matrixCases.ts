import { LAYOUTS } from '@fairway/plugin-gitops-common';
import { WORKLOAD_KINDS, type ServiceModelInput } from '../model';
import { orders } from './orders';

type Kind = (typeof WORKLOAD_KINDS)[number];
type Change = (input: ServiceModelInput) => ServiceModelInput;
type Option = { name: string; for: readonly Kind[]; apply: Change };

const RUNS: readonly Kind[] = ['web-service', 'background-worker'];

const withHosts: Change = input => ({
  ...input,
  environments: input.environments.map(environment => ({
    ...environment,
    host: `orders.${environment.name}.example.com`,
  })),
});

const withoutReplicas: Change = input => ({
  ...input,
  environments: input.environments.map(({ replicas, ...rest }) => rest),
});

/** Every value that an axis of the matrix can have; the first of each is "off". */
export const AXES: Record<string, Option[]> = {
  scaling: [
    { name: 'fixed', for: WORKLOAD_KINDS, apply: input => input },
    {
      name: 'scaled',
      for: RUNS,
      apply: input => ({
        ...withoutReplicas(input),
        scaling: { cpuUtilization: 80 },
        environments: withoutReplicas(input).environments.map(environment =>
          environment.tier === 'production'
            ? { ...environment, scaling: { min: 3, max: 12 } }
            : environment,
        ),
      }),
    },
  ],
  route: [
    { name: 'inside', for: WORKLOAD_KINDS, apply: input => input },
    {
      name: 'ingress',
      for: ['web-service'],
      apply: input => ({
        ...withHosts(input),
        route: {
          type: 'ingress',
          className: 'nginx',
          tlsSecretName: 'orders-tls',
          clusterIssuer: 'letsencrypt',
        },
      }),
    },
    {
      name: 'gateway',
      for: ['web-service'],
      apply: input => ({
        ...withHosts(input),
        route: {
          type: 'gateway',
          parentRefs: [
            { name: 'public', namespace: 'gateways', sectionName: 'https' },
          ],
        },
      }),
    },
  ],
  network: [
    { name: 'open', for: WORKLOAD_KINDS, apply: input => input },
    {
      name: 'closed',
      for: WORKLOAD_KINDS,
      apply: input => ({ ...input, networkPolicy: {} }),
    },
    {
      name: 'listed',
      for: WORKLOAD_KINDS,
      apply: input => ({
        ...input,
        networkPolicy: {
          egress: [
            { cidr: '10.20.0.0/16', ports: [5432] },
            { namespace: 'ledger-production' },
          ],
        },
      }),
    },
  ],
  monitoring: [
    { name: 'unseen', for: WORKLOAD_KINDS, apply: input => input },
    {
      name: 'monitored',
      for: RUNS,
      apply: input => ({ ...input, monitoring: { port: 9090 } }),
    },
  ],
  secrets: [
    { name: 'no secrets', for: WORKLOAD_KINDS, apply: input => input },
    {
      name: 'secrets',
      for: WORKLOAD_KINDS,
      apply: input => ({
        ...input,
        externalSecrets: [
          {
            name: 'orders-database',
            store: { kind: 'ClusterSecretStore', name: 'vault' },
            keys: [
              {
                key: 'DATABASE_PASSWORD',
                remoteKey: 'payments/{environment}/orders',
                property: 'password',
              },
            ],
          },
        ],
      }),
    },
  ],
  runtime: [
    { name: 'nodejs', for: WORKLOAD_KINDS, apply: input => input },
    {
      name: 'python',
      for: WORKLOAD_KINDS,
      apply: input => ({ ...input, runtime: 'python' }),
    },
    {
      name: 'image',
      for: WORKLOAD_KINDS,
      apply: input => ({
        ...input,
        runtime: 'image',
        imageTag: '1.4.2',
        imageDigest: `sha256:${'0a'.repeat(32)}`,
        command: ['/bin/orders', '--verbose'],
        user: 1000,
        ...(input.kind === 'background-worker'
          ? { probes: { none: 'It ends itself when its queue is lost' } }
          : {}),
      }),
    },
  ],
};

/** A service with none of the options. */
export function base(
  kind: Kind,
  engine: 'argocd' | 'flux',
  layout: (typeof LAYOUTS)[number],
): ServiceModelInput {
  const input: ServiceModelInput = { ...orders, kind, engine, layout };
  return kind === 'cron-job'
    ? { ...withoutReplicas(input), schedule: { cron: '30 2 * * 1-5' } }
    : input;
}

export interface Case {
  name: string;
  input: ServiceModelInput;
}

/** Every pair of options of different axes at least once, greedily. */
function pairwise(kind: Kind): Option[][] {
  const axes = Object.values(AXES).map(options =>
    options.filter(option => option.for.includes(kind)),
  );
  const key = (a: Option, b: Option) => `${a.name}+${b.name}`;
  const open = new Set<string>();
  axes.forEach((axis, index) =>
    axes
      .slice(index + 1)
      .forEach(other =>
        axis.forEach(a => other.forEach(b => open.add(key(a, b)))),
      ),
  );
  const product = axes.reduce<Option[][]>(
    (rows, axis) => rows.flatMap(row => axis.map(option => [...row, option])),
    [[]],
  );
  const covers = (row: Option[]) =>
    row.flatMap((a, index) => row.slice(index + 1).map(b => key(a, b)));
  const rows: Option[][] = [];
  while (open.size > 0) {
    const gain = (row: Option[]) =>
      covers(row).filter(pair => open.has(pair)).length;
    const [best] = product.toSorted((a, b) => gain(b) - gain(a));
    covers(best).forEach(pair => open.delete(pair));
    rows.push(best);
  }
  return rows;
}

export const applied = (input: ServiceModelInput, options: Option[]) =>
  options.reduce((result, option) => option.apply(result), input);

/** Every kind, engine and layout whole, and every pair of options of each kind. */
export const CASES: Case[] = WORKLOAD_KINDS.flatMap(kind =>
  // The axes that make folders and registrations are whole; the options are in pairs, and
  // every engine and layout has its turn with them.
  (['argocd', 'flux'] as const)
    .flatMap(engine => LAYOUTS.map(layout => ({ engine, layout })))
    .map(({ engine, layout }, index, all) => ({
      engine,
      layout,
      rows: pairwise(kind).filter((_, row) => row % all.length === index),
    }))
    .flatMap(({ engine, layout, rows }) =>
      [[], ...rows].map(options => ({
        name: [kind, engine, layout, ...options.map(o => o.name)].join(', '),
        input: applied(base(kind, engine, layout), options),
      })),
    )
    .map(({ name, input }, index) => ({
      name,
      input: { ...input, name: `service-${index}` },
    })),
);
