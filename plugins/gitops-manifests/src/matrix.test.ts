import {
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
  LABEL_TEAM,
  LAYOUTS,
} from '@fairway/plugin-gitops-common';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { orders } from './__testUtils__/orders';
import { writeFiles } from './__testUtils__/writeFiles';
import { buildKustomization, type RenderedObject } from './kustomize';
import {
  parseServiceModel,
  WORKLOAD_KINDS,
  type ServiceModelInput,
} from './model';
import { assertValidObject, plainFile, type ManifestFile } from './objects';
import { renderRegistration } from './registration';
import { renderWorkload } from './workload';

// Each overlay is a process; a busy machine takes its time.
jest.setTimeout(600_000);

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
const AXES: Record<string, Option[]> = {
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

function base(
  kind: Kind,
  engine: 'argocd' | 'flux',
  layout: (typeof LAYOUTS)[number],
): ServiceModelInput {
  const input: ServiceModelInput = { ...orders, kind, engine, layout };
  return kind === 'cron-job'
    ? { ...withoutReplicas(input), schedule: { cron: '30 2 * * 1-5' } }
    : input;
}

interface Case {
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

const applied = (input: ServiceModelInput, options: Option[]) =>
  options.reduce((result, option) => option.apply(result), input);

const CASES: Case[] = WORKLOAD_KINDS.flatMap(kind =>
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

const render = (input: ServiceModelInput) => {
  const model = parseServiceModel(input);
  return {
    model,
    files: [...renderWorkload(model), ...renderRegistration(model)],
  };
};

/**
 * Every overlay of every case, by one process for each kind: starting it takes longer than what
 * it has to do, and each case has a name, hence namespaces, of its own.
 */
async function buildAll(cases: Case[]): Promise<Map<string, RenderedObject[]>> {
  const folders = cases.map(({ input }) => {
    const { files, model } = render(input);
    return {
      overlays: [...model.environments, { name: 'preview' }].map(
        ({ name }) => `${model.name}/${model.path}/overlays/${name}`,
      ),
      files: files.map(file => ({
        ...file,
        path: `${model.name}/${file.path}`,
      })),
    };
  });
  const root = await writeFiles([
    ...folders.flatMap(({ files }) => files),
    plainFile('kustomization.yaml', {
      resources: folders.flatMap(({ overlays }) => overlays),
    }),
  ]);
  try {
    const built = await buildKustomization(root, { timeoutMs: 300_000 });
    built.forEach(assertValidObject);
    const byNamespace = new Map<string, RenderedObject[]>();
    for (const object of built) {
      const { kind, metadata } = object;
      const name = kind === 'Namespace' ? metadata?.name : metadata?.namespace;
      const others = byNamespace.get(String(name)) ?? [];
      byNamespace.set(String(name), [...others, object]);
    }
    return byNamespace;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** What holds for whatever was asked for. */
function assertObject(object: any, service: string, environment: string) {
  const labels = {
    [LABEL_COMPONENT]: service,
    [LABEL_ENVIRONMENT]: environment,
    [LABEL_TEAM]: 'payments',
  };
  expect(object.metadata.labels).toMatchObject(labels);
  const job = object.spec?.jobTemplate;
  const pod = job?.spec.template ?? object.spec?.template;
  if (!pod) {
    return;
  }
  expect(pod.metadata.labels).toMatchObject(labels);
  expect(pod.spec.securityContext).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  const [container] = pod.spec.containers;
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(container.image).toMatch(/orders(:[\w.]+)?(@sha256:\w+)?$/);
  expect(container.image).not.toMatch(/orders$/);
  expect(container.resources).toMatchObject({
    requests: { cpu: expect.any(String), memory: expect.any(String) },
    limits: { memory: expect.any(String) },
  });
  expect(
    job ||
      container.livenessProbe ||
      pod.metadata.annotations?.['fairway.dev/without-probes'],
  ).toBeTruthy();
}

/** The kinds that a description asks for, in an environment. */
function kindsOf(input: ServiceModelInput, environment: string): string[] {
  const preview = environment === 'preview';
  const runs = input.kind !== 'cron-job';
  const web = input.kind === 'web-service';
  return [
    'Namespace',
    'ServiceAccount',
    ...(runs ? ['Deployment', 'PodDisruptionBudget'] : ['CronJob']),
    ...(web ? ['Service'] : []),
    ...(input.scaling && !preview ? ['HorizontalPodAutoscaler'] : []),
    ...(input.route && !preview
      ? [input.route.type === 'ingress' ? 'Ingress' : 'HTTPRoute']
      : []),
    ...(input.networkPolicy ? ['NetworkPolicy'] : []),
    ...(input.monitoring ? [web ? 'ServiceMonitor' : 'PodMonitor'] : []),
    ...(input.externalSecrets ? ['ExternalSecret'] : []),
  ].sort();
}

describe.each(WORKLOAD_KINDS)('the matrix of a %s', kind => {
  const cases = CASES.filter(({ input }) => input.kind === kind);
  let built: Map<string, RenderedObject[]>;
  beforeAll(async () => {
    built = await buildAll(cases);
  });

  it.each(cases)('$name', ({ input }) => {
    for (const environment of ['dev', 'staging', 'production', 'preview']) {
      const objects = built.get(`${input.name}-${environment}`) ?? [];
      expect(objects.map(object => object.kind).sort()).toEqual(
        kindsOf(input, environment),
      );
      objects.forEach(object => assertObject(object, input.name, environment));
      const deployment: any = objects.find(o => o.kind === 'Deployment');
      expect(deployment?.spec.replicas === undefined).toBe(
        kind === 'cron-job' ||
          (input.scaling !== undefined && environment !== 'preview'),
      );
    }
  });
});

const TREES = path.join(__dirname, '__trees__');

/** Whole trees that were read by people; `UPDATE_TREES=1 yarn test matrix` writes them anew. */
const REPRESENTATIVE: Record<string, ServiceModelInput> = {
  'web-service-argocd': applied(
    base('web-service', 'argocd', 'service-repository'),
    [AXES.scaling[1], AXES.route[1], AXES.network[1], AXES.monitoring[1]],
  ),
  'web-service-flux-gateway': applied(
    base('web-service', 'flux', 'shared-repository'),
    [AXES.route[2], AXES.network[2], AXES.secrets[1]],
  ),
  'background-worker-argocd': applied(
    base('background-worker', 'argocd', 'team-repository'),
    [AXES.monitoring[1], AXES.network[1]],
  ),
  'cron-job-flux-image': applied(base('cron-job', 'flux', 'team-repository'), [
    AXES.runtime[2],
    AXES.secrets[1],
  ]),
};

describe('whole trees', () => {
  it.each(Object.keys(REPRESENTATIVE))('%s', name => {
    const { files } = render(REPRESENTATIVE[name]);
    const root = path.join(TREES, name);
    if (process.env.UPDATE_TREES) {
      rmSync(root, { recursive: true, force: true });
      files.forEach(file => writeTreeFile(root, file));
    }
    for (const file of files) {
      expect({
        path: file.path,
        content: file.content,
      }).toEqual({
        path: file.path,
        content: readFileSync(path.join(root, file.path), 'utf8'),
      });
    }
  });
});

function writeTreeFile(root: string, file: ManifestFile) {
  const target = path.join(root, file.path);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, file.content);
}
