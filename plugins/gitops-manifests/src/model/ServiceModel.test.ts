import { orders } from '../__testUtils__/orders';
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
