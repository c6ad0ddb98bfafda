import { parseProgressiveModel } from './ProgressiveModel';

const input = {
  name: 'catalogue',
  team: 'shop',
  engine: 'argocd' as const,
  environments: ['staging'],
  controller: 'argo-rollouts' as const,
  routing: 'none' as const,
};
const analysis = (part: object) => ({
  analysis: { prometheus: 'http://prometheus:9090', ...part },
});
const webhook = (part: object) => ({
  ...{ controller: 'flagger', routing: 'istio' },
  flagger: {
    webhooks: [
      { name: 'load', type: 'rollout', url: 'http://load.test/', ...part },
    ],
  },
});
const weights = (...list: unknown[]) => ({
  steps: list.map(weight => ({ weight })),
});

const REFUSED: Array<[string, object, RegExp]> = [
  ['a name with a line break', { name: 'a\nb' }, /name/],
  ['a team with a mapping', { team: 'a: b' }, /label/],
  ['a path that leads out', { path: '../deploy' }, /folder/],
  ['no environment', { environments: [] }, /at least one/],
  ['an environment twice', { environments: ['dev', 'dev'] }, /once/],
  ['an environment with a path', { environments: ['../x'] }, /environments.0/],
  ['no steps', { steps: [] }, /at least one step/],
  ['no per cent', weights(0, 100), /at least 1 per cent/],
  ['less than nothing', weights(-5, 100), /at least 1 per cent/],
  ['more than all', weights(5, 101), /at most 100 per cent/],
  ['half a per cent', weights(0.5, 100), /whole per cents/],
  ['per cent as a text', weights('5%', 100), /steps.0.weight/],
  [
    'steps that go back',
    weights(50, 5, 100),
    /more per cent than the one before/,
  ],
  ['a step twice', weights(50, 50, 100), /more per cent than the one before/],
  ['steps that do not end', weights(5, 50), /the last one 100/],
  [
    'a pause without unit',
    { steps: [{ weight: 100, pause: '5' }] },
    /a time such as/,
  ],
  [
    'no pause at all',
    { steps: [{ weight: 100, pause: '0s' }] },
    /a time such as/,
  ],
  [
    'a pause of days',
    { steps: [{ weight: 100, pause: '1d' }] },
    /a time such as/,
  ],
  ['a deployment with a path', { deployment: 'a/b' }, /name of an object/],
  ['a service in capitals', { service: 'Orders' }, /name of an object/],
  ['an unknown router', { routing: 'smi' }, /routing/],
  ['a router of Flagger', { routing: 'linkerd' }, /is not for argo-rollouts/],
  ['no router for Flagger', { controller: 'flagger' }, /is not for flagger/],
  [
    'blue-green with Flagger',
    { controller: 'flagger', routing: 'istio', strategy: 'blue-green' },
    /is for argo-rollouts/,
  ],
  [
    'blue-green with a router',
    { routing: 'nginx', strategy: 'blue-green' },
    /routing "none"/,
  ],
  [
    'a database as Prometheus',
    analysis({ prometheus: 'postgres://x' }),
    /http:\/\/ or https/,
  ],
  [
    'a password for Prometheus',
    analysis({ prometheus: 'https://u:p@h/' }),
    /without password/,
  ],
  [
    'a template as Prometheus',
    analysis({ prometheus: 'http://${{ x }}' }),
    /http:\/\/ or https/,
  ],
  [
    'a query in a metric',
    analysis({ requestsMetric: 'up{} or vector(1)' }),
    /name of a metric/,
  ],
  [
    'a quote in a label',
    analysis({ statusLabel: 'a",b="' }),
    /name of a label/,
  ],
  ['a rate above all', analysis({ successRate: 101 }), /successRate/],
  ['no latency', analysis({ latency: 0 }), /latency/],
  [
    'a webhook from a file',
    webhook({ url: 'file:///etc/passwd' }),
    /http:\/\/ or https/,
  ],
  ['a webhook of no kind', webhook({ type: 'hack' }), /type/],
  [
    'a host with a space',
    { controller: 'flagger', routing: 'istio', flagger: { hosts: ['a b'] } },
    /host name/,
  ],
  [
    'a gateway without namespace',
    { controller: 'flagger', routing: 'istio', flagger: { gateway: 'public' } },
    /namespace\/name/,
  ],
  ['a field that nobody knows', { force: true }, /force/],
];

describe('parseProgressiveModel', () => {
  it.each(REFUSED)('refuses %s', (_what, change, rule) => {
    expect(() =>
      parseProgressiveModel({ ...input, ...change } as never),
    ).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringMatching(rule),
      }),
    );
  });

  it('goes by 5, 50 and 100 per cent unless told otherwise', () => {
    expect(parseProgressiveModel(input)).toMatchObject({
      phase: 'prepare',
      strategy: 'canary',
      steps: [
        { weight: 5, pause: '5m' },
        { weight: 50, pause: '10m' },
        { weight: 100 },
      ],
    });
  });
});
