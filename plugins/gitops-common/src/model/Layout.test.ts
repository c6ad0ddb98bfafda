import { layoutFolder, recommendLayout } from './Layout';

describe('recommendLayout', () => {
  it.each([
    [0, 0, 'service-repository', 'one-small-team'],
    [3, 10, 'service-repository', 'one-small-team'],
    [4, 10, 'shared-repository', 'fits-one-repository'],
    [3, 11, 'shared-repository', 'fits-one-repository'],
    [20, 50, 'shared-repository', 'fits-one-repository'],
    [21, 5, 'team-repository', 'too-many-services'],
    [2, 51, 'team-repository', 'too-many-people'],
    [500, 0, 'team-repository', 'too-many-services'],
  ])(
    'for %d services and %d people is %s: %s',
    (services, people, layout, reason) => {
      expect(recommendLayout({ services, people })).toEqual({ layout, reason });
    },
  );
});

describe('layoutFolder', () => {
  it('gives every service of a repository a folder of its own', () => {
    const service = { team: 'payments', name: 'orders' };
    expect(layoutFolder({ ...service, layout: 'service-repository' })).toBe(
      'deploy',
    );
    expect(layoutFolder({ ...service, layout: 'team-repository' })).toBe(
      'services/orders',
    );
    expect(layoutFolder({ ...service, layout: 'shared-repository' })).toBe(
      'teams/payments/orders',
    );
  });
});
