import type { GitopsApi } from '@fairway/plugin-gitops-common';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(60_000);

const { forge, run } = useActions();

describe('gitops:name:check', () => {
  const free = async () => ({ valid: true, checks: [] });
  const check = (input: object, checkName: GitopsApi['checkName'] = free) =>
    run(
      'gitops:name:check',
      { name: 'orders', owner: 'group:default/payments', ...input },
      { gitops: { checkName } },
    );

  it('says where a free name will live', async () => {
    const { output } = await check({});
    expect(output).toEqual({
      repoUrl: `${forge.host}?owner=payments&repo=orders`,
      provider: 'gitea',
      cloneUrl: `${forge.url}/payments/orders.git`,
      webUrl: `${forge.url}/payments/orders`,
      image: `${forge.host}/payments/orders`,
      team: 'payments',
      entityRef: 'component:default/orders',
      repositoryWasFree: true,
    });
  });

  it('warns of what could not be looked at', async () => {
    const { log } = await check({}, async () => ({
      valid: true,
      checks: [{ where: 'cluster', state: 'unknown', message: 'no answer' }],
    }));
    expect(log.join()).toMatch(/free in the cluster is not known: no answer/);
  });

  it('refuses a name that the forge has', async () => {
    forge.createRepository('payments/orders');
    await expect(check({})).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('There is a repository'),
    });
  });

  it.each([
    ['Orders', {}, /lower-case/],
    ['orders\n', {}, /lower-case/],
    ['../orders', {}, /lower-case/],
    ['{{ x }}', {}, /lower-case/],
    ['orders', { organisation: 'nobody' }, /has no organisation "nobody"/],
    ['orders', { organisation: '../admin' }, /cannot be the owner/],
    ['orders', { organisation: 'a&repo=b' }, /cannot be the owner/],
    ['orders', { host: 'evil.example.com' }, /no host of "integrations:"/],
    ['orders', { host: 'a?owner=b' }, /no host of "integrations:"/],
    ['orders', { host: 'github.com', forges: ['gitea'] }, /kind github/],
  ])('refuses %j in %j', async (name, where, rule) => {
    await expect(check({ name, ...where })).rejects.toThrow(rule);
    expect(forge.requests.some(line => !line.startsWith('GET '))).toBe(false);
  });
});
