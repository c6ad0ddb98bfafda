import { isFromRegistry } from './imageNames';
import type { PolicyOrder, ValidatingName } from './policyInput';

/** An object that a policy accepts or refuses: a case of its tests. */
export interface PolicySample {
  /** Says what is special about it; also its name. */
  name: string;
  passes: boolean;
  object: {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace: string };
    spec: object;
  };
}

/** A namespace that no policy leaves out. */
const NAMESPACE = 'payments';

const IMAGE = 'registry.example.com/payments/orders:1.8.2';

const probe = { httpGet: { path: '/healthz', port: 8080 } };

const container = (change: object = {}) => ({
  name: 'orders',
  image: IMAGE,
  livenessProbe: probe,
  readinessProbe: probe,
  resources: {
    requests: { cpu: '50m', memory: '64Mi' },
    limits: { memory: '128Mi' },
  },
  ...change,
});

type Kind = 'Pod' | 'Deployment' | 'StatefulSet' | 'CronJob';

function sample(
  name: string,
  passes: boolean,
  options: { kind?: Kind; pod?: object; labels?: Record<string, string> } = {},
): PolicySample {
  const { kind = 'Pod', pod = { containers: [container()] }, labels } = options;
  return {
    name,
    passes,
    object: {
      apiVersion:
        { Pod: 'v1', CronJob: 'batch/v1' }[kind as string] ?? 'apps/v1',
      kind,
      metadata: {
        name,
        namespace: NAMESPACE,
        ...(labels ? { labels } : {}),
      },
      spec: specOf(kind, name, pod),
    },
  };
}

function specOf(kind: Kind, name: string, pod: object): object {
  const template = {
    metadata: { labels: { 'app.kubernetes.io/name': name } },
    spec: pod,
  };
  switch (kind) {
    case 'Pod':
      return pod;
    case 'CronJob':
      return {
        schedule: '0 2 * * *',
        jobTemplate: {
          spec: { template: { spec: { ...pod, restartPolicy: 'Never' } } },
        },
      };
    default:
      return {
        ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
        selector: { matchLabels: { 'app.kubernetes.io/name': name } },
        template,
      };
  }
}

const withContainer = (change: object) => ({
  containers: [container(), container({ name: 'second', ...change })],
});
const withInitContainer = (change: object) => ({
  initContainers: [container({ name: 'first', ...change })],
  containers: [container()],
});

const PRIVILEGED = { securityContext: { privileged: true } };

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

const IMAGES: Record<string, string> = {
  'with-tag': 'registry.example.com:5000/orders:1.8.2',
  'with-digest': `registry.example.com/orders@${DIGEST}`,
  'latest-by-digest': `registry.example.com/orders:latest@${DIGEST}`,
  latest: 'registry.example.com/orders:latest',
  'without-tag': 'nginx',
  'with-port-only': 'registry.example.com:5000/orders',
};

function imageSamples(cases: Record<string, boolean>): PolicySample[] {
  return [
    ...Object.entries(cases).map(([name, passes]) =>
      sample(name, passes, { pod: withContainer({ image: IMAGES[name] }) }),
    ),
    sample('deployment-latest', false, {
      kind: 'Deployment',
      pod: withInitContainer({ image: IMAGES.latest }),
    }),
    sample('job-with-tag', true, { kind: 'CronJob' }),
  ];
}

function registrySamples(registries: readonly string[]): PolicySample[] {
  const [first] = registries;
  const allowed = `${first}/team/orders:1.8.2`;
  // Begins like what is allowed, and is somebody else's.
  const alike = first.includes('/')
    ? `${first}-of-others/orders:1.8.2`
    : `of-others.example/${first.replace(/:.*/, '')}/orders:1.8.2`;
  const pod = (image: string) => ({ containers: [container({ image })] });
  const hub = 'nginx:1.29.1';
  return [
    sample('from-known-registry', true, { pod: pod(allowed) }),
    sample('deployment-from-known-registry', true, {
      kind: 'Deployment',
      pod: pod(allowed),
    }),
    sample('from-registry-of-others', false, { pod: pod(alike) }),
    sample('from-docker-hub', isFromRegistry(hub, registries), {
      pod: pod(hub),
    }),
    sample('job-from-registry-of-others', false, {
      kind: 'CronJob',
      pod: pod(alike),
    }),
  ];
}

type Samples = (order: PolicyOrder) => PolicySample[];

const SAMPLES: Record<ValidatingName, Samples> = {
  'require-team-label': () => [
    sample('with-team', true, {
      kind: 'Deployment',
      labels: { team: 'payments' },
    }),
    sample('job-with-team', true, {
      kind: 'CronJob',
      labels: { team: 'payments' },
    }),
    sample('without-labels', false, { kind: 'Deployment' }),
    sample('without-team', false, {
      kind: 'StatefulSet',
      labels: { app: 'orders' },
    }),
    sample('with-empty-team', false, {
      kind: 'CronJob',
      labels: { team: '' },
    }),
  ],
  'disallow-privileged-containers': () => [
    sample('without-security-context', true),
    sample('not-privileged', true, {
      pod: withContainer({ securityContext: { privileged: false } }),
    }),
    sample('deployment-not-privileged', true, { kind: 'Deployment' }),
    sample('privileged', false, { pod: withContainer(PRIVILEGED) }),
    sample('privileged-init', false, {
      pod: withInitContainer(PRIVILEGED),
    }),
    sample('deployment-privileged', false, {
      kind: 'Deployment',
      pod: withContainer(PRIVILEGED),
    }),
    sample('job-privileged', false, {
      kind: 'CronJob',
      pod: withContainer(PRIVILEGED),
    }),
  ],
  'require-requests-and-limits': () => [
    sample('with-resources', true),
    sample('job-with-resources', true, { kind: 'CronJob' }),
    sample('without-resources', false, {
      pod: withContainer({ resources: undefined }),
    }),
    sample('without-memory-limit', false, {
      pod: withContainer({
        resources: {
          requests: { cpu: '1', memory: '1Gi' },
          limits: { cpu: '1' },
        },
      }),
    }),
    sample('init-without-requests', false, {
      pod: withInitContainer({
        resources: { limits: { memory: '1Gi' } },
      }),
    }),
    sample('deployment-without-cpu', false, {
      kind: 'Deployment',
      pod: withContainer({
        resources: {
          requests: { memory: '1Gi' },
          limits: { memory: '1Gi' },
        },
      }),
    }),
  ],
  'require-probes': () => [
    sample('with-probes', true, { kind: 'Deployment' }),
    sample('without-readiness', false, {
      kind: 'Deployment',
      pod: withContainer({ readinessProbe: undefined }),
    }),
    sample('without-liveness', false, {
      kind: 'StatefulSet',
      pod: withContainer({ livenessProbe: undefined }),
    }),
  ],
  'disallow-latest-tag': () =>
    imageSamples({
      'with-tag': true,
      'with-digest': true,
      'latest-by-digest': true,
      latest: false,
      'without-tag': false,
      'with-port-only': false,
    }),
  'allowed-registries': ({ registries = [] }) => registrySamples(registries),
};

/** What a policy is tested with. */
export function policySamples(
  name: ValidatingName,
  order: PolicyOrder,
): PolicySample[] {
  return SAMPLES[name](order);
}
