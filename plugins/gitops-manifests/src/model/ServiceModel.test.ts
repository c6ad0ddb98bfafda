import { orders } from '../__testUtils__/orders';
import { IMAGE_REFERENCE_PATTERN, parseImageReference } from './image';
import { parseServiceModel } from './ServiceModel';

const environment = orders.environments[0];

const REFUSED: Array<[string, object, string]> = [
  ['a line break in the name', { name: 'orders\nkind: Secret' }, 'name'],
  ['a line break after the name', { name: 'orders\n' }, 'name'],
  ['a path in the name', { name: '../orders' }, 'name'],
  ['a mapping in the name', { name: 'a: b' }, 'name'],
  ['a template in the name', { name: '{{ secrets.x }}' }, 'name'],
  ['capitals in the name', { name: 'Orders' }, 'name'],
  ['a name that is too long', { name: 'o'.repeat(41) }, 'at most 40'],
  ['an empty name', { name: '' }, 'name'],
  ['a line break in the description', { description: 'a\nb' }, 'one line'],
  ['a template in the description', { description: '${{ x }}' }, 'template'],
  ['a mapping in the team', { team: 'a: b' }, 'label'],
  ['a tag in the image', { image: 'example.com/a:1' }, 'image'],
  ['a path in the image', { image: 'example.com/../a' }, 'image'],
  ['an image with spaces', { image: 'a b' }, 'image'],
  ['a tag with a space', { imageTag: '1 2' }, 'tag'],
  ['a path that leads out', { path: '../deploy' }, 'folder'],
  ['an absolute path', { path: '/deploy' }, 'folder'],
  ['a path with a dot folder', { path: 'a/./b' }, 'folder'],
  ['a password in the URL', { repoUrl: 'https://u:p@h/a.git' }, 'clone URL'],
  ['a file URL', { repoUrl: 'file:///etc/passwd' }, 'clone URL'],
  ['a URL that is an option', { repoUrl: '--upload-pack=x' }, 'clone URL'],
  ['a URL with a line break', { repoUrl: 'https://h/a\n.git' }, 'clone URL'],
  ['a URL that leads upwards', { repoUrl: 'https://h/a/../b' }, 'clone URL'],
  ['a revision that leads upwards', { revision: 'a/../b' }, 'branch'],
  ['a revision that is an option', { revision: '-x' }, 'branch'],
  ['a privileged port', { port: 80 }, 'port'],
  ['no environment', { environments: [] }, 'at least one'],
  [
    'an environment twice',
    { environments: [environment, environment] },
    'every environment once',
  ],
  [
    'an environment with a path',
    { environments: [{ ...environment, name: '../x' }] },
    'environments.0.name',
  ],
  [
    'an environment of the name of another folder',
    { environments: [{ ...environment, name: 'preview' }] },
    'preview',
  ],
  [
    'a namespace that all environments share',
    { namespacePattern: '{name}' },
    'namespacePattern',
  ],
  [
    'a namespace that Kubernetes refuses',
    { namespacePattern: '-{name}-{environment}' },
    'namespace "-orders-dev"',
  ],
  ['a field that nobody knows', { privileged: true }, 'privileged'],
  ['an unknown kind', { kind: 'daemon' }, 'kind'],
  ['root', { user: 0 }, 'other than root'],
  ['a tag that moves', { imageTag: 'latest' }, '"latest"'],
  ['a digest that is none', { imageDigest: 'sha256:12' }, 'digest'],
  ['an image without a version', { runtime: 'image' }, 'tag or a digest'],
  ['an empty word in a command', { command: [''] }, 'command.0'],
  ['a line break in a command', { command: ['a\nb'] }, 'one line'],
  ['a template in an argument', { args: ['{{ x }}'] }, 'template marks'],
  ['a path that is no path', { probes: { livenessPath: 'x' } }, 'slash'],
  ['a command for HTTP', { probes: { command: ['a'] } }, 'over HTTP'],
  [
    'an amount without a unit',
    { resources: { memory: '12', memoryLimit: '128Mi' } },
    'binary unit',
  ],
  ['half of the memory', { resources: { memory: '1Gi' } }, 'together'],
  [
    'a limit below the request',
    { resources: { memory: '1Gi', memoryLimit: '512Mi' } },
    'not below',
  ],
  [
    'a limit of CPU below the request',
    { resources: { cpu: '2', cpuLimit: '500m' } },
    'not above',
  ],
  ['a schedule of a service', { schedule: { cron: '0 1 * * *' } }, 'cron job'],
  [
    'limits without scaling',
    { environments: [{ ...environment, scaling: { min: 1, max: 2 } }] },
    'without "scaling"',
  ],
  [
    'more pods at least than at most',
    {
      scaling: {},
      environments: [{ ...environment, scaling: { min: 3, max: 2 } }],
    },
    'not above "max"',
  ],
  [
    'a number of pods beside scaling',
    { scaling: {}, environments: [{ ...environment, replicas: 2 }] },
    'take turns',
  ],
  ['a route without a host', { route: { type: 'ingress' } }, 'a host in'],
  [
    'a host without a route',
    { environments: [{ ...environment, host: 'a.example.com' }] },
    'Ingress or a gateway',
  ],
  [
    'a host with a wildcard',
    { environments: [{ ...environment, host: '*.example.com' }] },
    'host name',
  ],
  [
    'a host with a path',
    { environments: [{ ...environment, host: 'a.example.com/x' }] },
    'host name',
  ],
  [
    'one host for two environments',
    {
      route: { type: 'ingress' },
      environments: ['a', 'b'].map(name => ({
        ...environment,
        name,
        host: 'a.example.com',
      })),
    },
    'of its own',
  ],
  [
    'an issuer without a Secret',
    {
      route: { type: 'ingress', clusterIssuer: 'a' },
      environments: [{ ...environment, host: 'a.example.com' }],
    },
    'Secret that the issuer',
  ],
  [
    'a gateway of no namespace',
    { route: { type: 'gateway', parentRefs: [{ name: 'public' }] } },
    'namespace',
  ],
  [
    'an address that is none',
    { networkPolicy: { egress: [{ cidr: '10.0.0.256/8' }] } },
    'networkPolicy.egress',
  ],
  [
    'a remote key with a line break',
    {
      externalSecrets: [
        {
          name: 'a',
          store: { kind: 'SecretStore', name: 'a' },
          keys: [{ key: 'A', remoteKey: 'a\nb' }],
        },
      ],
    },
    'remoteKey',
  ],
];

const worker = { kind: 'background-worker' };
const job = { kind: 'cron-job' };
const at = (cron: string, rest: object = {}) => ({
  ...job,
  schedule: { cron, ...rest },
});

const REFUSED_OF_OTHER_KINDS: Array<[string, object, string]> = [
  ['a job without a schedule', job, 'schedule'],
  [
    'a job with probes',
    { ...at('0 1 * * *'), probes: { none: 'It ends itself' } },
    'deadline',
  ],
  ['a job that scales', { ...at('0 1 * * *'), scaling: {} }, 'one pod'],
  [
    'a job with a route',
    { ...at('0 1 * * *'), route: { type: 'ingress' } },
    'only a web service',
  ],
  [
    'a job that is monitored',
    { ...at('0 1 * * *'), monitoring: {} },
    'gone before',
  ],
  [
    'a worker with paths',
    { ...worker, probes: { livenessPath: '/a' } },
    'no port',
  ],
  [
    'a worker of an image without a probe',
    { ...worker, runtime: 'image', imageTag: '1' },
    'the reason why there is none',
  ],
  [
    'no probe without a reason',
    { ...worker, probes: { none: 'no' } },
    'a reason',
  ],
  ['a worker with metrics and no port', { ...worker, monitoring: {} }, 'port'],
  ['four fields', at('0 1 * *'), 'five fields'],
  ['six fields', at('0 0 1 * * *'), 'five fields'],
  ['a word', at('@daily'), 'five fields'],
  ['a time zone in the schedule', at('TZ=UTC 0 1 * * *'), 'five fields'],
  ['minute 60', at('60 * * * *'), 'five fields'],
  ['hour 24', at('0 24 * * *'), 'five fields'],
  ['Sunday as 7', at('0 0 * * 7'), 'Sunday is 0'],
  ['day 0', at('0 0 0 * *'), 'five fields'],
  ['a step of 0', at('*/0 * * * *'), 'five fields'],
  ['a line break', at('0 1 * * *\n'), 'five fields'],
  ['a range that goes down', at('30-10 * * * *'), 'goes upwards'],
  ['months that go down', at('0 0 1 DEC-JAN *'), 'goes upwards'],
  ['a step beyond the field', at('*/90 * * * *'), 'fits the minute'],
  ['30 February', at('0 0 30 2 *'), 'date that exists'],
  ['31 of short months', at('0 0 31 4,6,9,11 *'), 'date that exists'],
  [
    'a time zone that is none',
    at('0 1 * * *', { timeZone: 'Mars/Base' }),
    'Europe/Berlin',
  ],
  [
    'an offset as a time zone',
    at('0 1 * * *', { timeZone: '+01:00' }),
    'Europe/Berlin',
  ],
  [
    'a deadline that is never met',
    at('0 1 * * *', { startingDeadlineSeconds: 5 }),
    'startingDeadlineSeconds',
  ],
];

describe('parseServiceModel', () => {
  it.each(REFUSED)('refuses %s', (_what, change, rule) => {
    expect(() => parseServiceModel({ ...orders, ...change })).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });

  it.each(REFUSED_OF_OTHER_KINDS)('refuses %s', (_what, change, rule) => {
    const { replicas, ...production } = orders.environments[2];
    const input: any = { ...orders, environments: [production], ...change };
    expect(() => parseServiceModel(input)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });

  it.each([
    '* * * * *',
    '*/15 8-18 * * 1-5',
    '0,30 0 1,15 JAN-MAR/2 *',
    '5/10 * * * SUN',
    '0 0 29 2 *',
    '0 0 31 2 1',
    '59 23 31 */6 *',
  ])('accepts the schedule %s', cron => {
    const { replicas, ...production } = orders.environments[2];
    const model = parseServiceModel({
      ...orders,
      kind: 'cron-job',
      environments: [production],
      schedule: { cron, timeZone: 'Europe/Berlin' },
    });
    expect(model.schedule).toMatchObject({
      cron,
      concurrencyPolicy: 'Forbid',
    });
  });

  it.each([
    ['ghcr.io/payments/orders:1.4.2', { imageTag: '1.4.2' }],
    [`ghcr.io/payments/orders@sha256:${'0a'.repeat(32)}`, {}],
    [`ghcr.io/payments/orders:1@sha256:${'0a'.repeat(32)}`, { imageTag: '1' }],
  ])('takes %s apart', (text, parts) => {
    expect(parseImageReference(text)).toMatchObject({
      image: 'ghcr.io/payments/orders',
      ...parts,
    });
  });

  it.each([
    'ghcr.io/payments/orders',
    'ghcr.io/payments/orders:latest',
    'ghcr.io/payments/orders:1 2',
    'ghcr.io/payments/orders@sha256:12',
    'https://ghcr.io/payments/orders:1',
  ])('takes %s for no image of a version', text => {
    expect(new RegExp(IMAGE_REFERENCE_PATTERN).test(text)).toBe(false);
    expect(parseImageReference(text)).toEqual({ image: text });
  });

  it('fills in defaults that are safe', () => {
    const model = parseServiceModel({
      ...orders,
      environments: [{ name: 'production', tier: 'production' }],
    });
    expect(model).toMatchObject({
      path: 'deploy',
      revision: 'main',
      port: 8080,
      environments: [
        { syncPolicy: { automated: false, prune: false, selfHeal: false } },
      ],
    });
  });

  it.each([
    'http://localhost:3100/payments/orders.git',
    'https://git.example.com/payments/orders',
    'ssh://git@git.example.com/payments/orders.git',
  ])('accepts the clone URL %s', repoUrl => {
    expect(parseServiceModel({ ...orders, repoUrl }).repoUrl).toBe(repoUrl);
  });

  it.each(['localhost:3100/payments/orders', 'ghcr.io/a/b-c_d', 'nginx'])(
    'accepts the image %s',
    image => {
      expect(parseServiceModel({ ...orders, image }).image).toBe(image);
    },
  );
});
